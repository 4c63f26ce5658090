import { ALWAYS, NEVER, probabilityOf } from '../probability.ts'
import { allocate } from './allocate.ts'
import { Bucket, BURST_S } from './bucket.ts'
import { ClassShare, PAY_BACK_S } from './class-share.ts'
import { AGAINST_ODDS, decide, type Odds, type Reason, type Verdict } from './decide.ts'
import { ErrorWindow, type Turn } from './error-window.ts'
import { Route } from './route.ts'

/** A trace as far as it is known when its first span begins. */
export interface Subject {
  /** The route's pattern; of what has none, the name of its first span. */
  readonly route: string
  /** From 0 to 2^52 - 1, see `randomnessOf`. */
  readonly randomness: number
  readonly parentSampled: boolean | undefined
  readonly parentThreshold: number | undefined
}

/** A trace when its first span has ended. */
export interface Outcome extends Subject {
  /** Whether the request itself failed: by these incidents are told. */
  readonly failed: boolean
  /** Whether anything in it did. */
  readonly hasErrors: boolean
  readonly durationMs: number
  readonly spans: number
  /** What was decided, and told to others, before. */
  readonly head: Verdict | undefined
}

export interface Incident {
  readonly turn: Turn
  /** Undefined: the service as a whole. */
  readonly route: string | undefined
  readonly at: number
  /** From 0 to 1, of the last ten seconds. */
  readonly errorShare: number
}

export interface SamplerOptions {
  /** Spans a second that may be kept in the long run. Default: 200. */
  readonly budget?: number
  /** The most that is kept of what is neither failed nor slow, from 0 to 1. Default: 1. */
  readonly baseRate?: number
  /** By how much that rate, and the weight in the budget, rise where the p95 is above `slowP95Ms`. Default: 5. */
  readonly latencyBoost?: number
  /** Default: 1000. */
  readonly slowP95Ms?: number
  /** What takes no longer is never slow, whatever the p95. Default: 100. */
  readonly slowFloorMs?: number
  /** Default: true: the first request of a route in each second is kept. */
  readonly reservoir?: boolean
  /** Routes that are told apart; the others share one. Default: 500. */
  readonly maxRoutes?: number
  /** What the user wants kept, or not, whatever the odds. */
  readonly rule?: (subject: Subject) => 'force' | 'drop' | undefined
  readonly onIncident?: (incident: Incident) => void
}

export interface SamplerState {
  /** Whether the service as a whole, or a route, is in an incident. */
  readonly incident: boolean
  readonly errorProbability: number
  readonly slowProbability: number
  readonly routes: readonly { readonly route: string; readonly probability: number; readonly incident: boolean }[]
}

const SECOND_MS = 1000
const OTHER = 'other'
const [ERROR_SHARE, SLOW_SHARE] = [0.2, 0.2]
/** Of the budget: what base always has, what reservoirs may take of it, and what an incident may cost. */
const [BASE_LEAST, RESERVOIR_MOST, INCIDENT_MOST] = [0.05, 0.2, 5]
const IDLE_MS = 600_000
const SPANS_WEIGHT = 0.1

/**
 * Keeps as many traces as a budget of spans a second allows, errors and slow ones before the others, rare routes before
 * busy ones. Deterministic: the same traces at the same times are decided alike; time only comes with the calls.
 */
export class Sampler {
  #options: Required<Omit<SamplerOptions, 'rule' | 'onIncident'>> & SamplerOptions
  readonly #routes = new Map<string, Route>()
  readonly #service = new ErrorWindow(1)
  readonly #error: ClassShare
  readonly #slow: ClassShare
  readonly #parent: ClassShare
  readonly #base: Bucket
  readonly #other: Route
  #lastAt: number | undefined
  #reservoirLeft: number
  /** Decisions by their reason. */
  readonly decisions: Record<Reason, number> = {
    forced: 0,
    parent: 0,
    incident: 0,
    error: 0,
    slow: 0,
    reservoir: 0,
    base: 0,
    earlier: 0,
    'ruled-out': 0,
    'parent-capped': 0,
    odds: 0,
  }

  constructor(options: SamplerOptions = {}) {
    this.#options = {
      budget: 200,
      baseRate: 1,
      latencyBoost: 5,
      slowP95Ms: 1000,
      slowFloorMs: 100,
      reservoir: true,
      maxRoutes: 500,
      ...options,
    }
    const { budget, baseRate, maxRoutes } = this.#options
    checkBudget(budget)
    if (!(baseRate >= 0 && baseRate <= 1)) throw new RangeError(`baseRate: ${baseRate} must be from 0 to 1`)
    if (!(maxRoutes >= 1)) throw new RangeError(`maxRoutes: ${maxRoutes} must be at least 1`)
    this.#error = new ClassShare(budget * ERROR_SHARE)
    this.#slow = new ClassShare(budget * SLOW_SHARE)
    this.#parent = new ClassShare(budget * INCIDENT_MOST)
    this.#base = new Bucket(budget * (1 - ERROR_SHARE - SLOW_SHARE))
    this.#other = new Route(OTHER, baseRate, -Infinity)
    this.#reservoirLeft = budget * RESERVOIR_MOST
  }

  get budget(): number {
    return this.#options.budget
  }

  /** From the next second on. */
  set budget(budget: number) {
    checkBudget(budget)
    this.#options = { ...this.#options, budget }
    this.#error.rate = budget * ERROR_SHARE
    this.#slow.rate = budget * SLOW_SHARE
    this.#parent.rate = budget * INCIDENT_MOST
  }

  /** What is told to callees, when they are called before the outcome is known. */
  head(subject: Subject, at: number): Verdict {
    this.#advance(at)
    return decide(subject.randomness, this.#odds(subject, this.#route(subject.route, at), NEVER, NEVER, true))
  }

  /** The decision, once a trace: the outcome is also what the odds of later ones are made from. */
  finish(outcome: Outcome, at: number): Verdict {
    this.#advance(at)
    const route = this.#route(outcome.route, at)
    const { failed, hasErrors, durationMs, spans, parentSampled } = outcome
    const slow = durationMs > Math.max(route.p95Ms, this.#options.slowFloorMs)
    route.latency.record(durationMs)
    route.errors.record(failed)
    this.#service.record(failed)
    route.spans += (spans - route.spans) * SPANS_WEIGHT
    if (parentSampled === undefined) route.requests.add(1)
    if (parentSampled === true) this.#parent.offer(spans)
    else if (hasErrors) this.#error.offer(spans)
    else if (slow) this.#slow.offer(spans)

    if (this.#isPlain(outcome, route, slow)) {
      this.decisions.odds++
      return AGAINST_ODDS
    }
    const error = hasErrors ? this.#error.threshold : NEVER
    const odds = this.#odds(outcome, route, error, slow ? this.#slow.threshold : NEVER, outcome.head === undefined)
    const verdict = standing(outcome.head, odds) ?? decide(outcome.randomness, odds)
    this.decisions[verdict.reason]++
    if (verdict.keep) this.#charge(verdict, outcome, odds)
    return verdict
  }

  get state(): SamplerState {
    const routes = Array.from(this.#routes.values(), (route) => ({
      route: route.name,
      probability: probabilityOf(route.thresholdScaled(this.#base.scale)),
      incident: this.#service.incident || route.errors.incident,
    }))
    return {
      incident: this.#service.incident || routes.some(({ incident }) => incident),
      errorProbability: this.#error.probability,
      slowProbability: this.#slow.probability,
      routes,
    }
  }

  #odds(subject: Subject, route: Route, error: number, slow: number, first: boolean): Odds {
    const incident = this.#service.incident || route.errors.incident
    const base = route.thresholdScaled(this.#base.scale)
    const { parentSampled, parentThreshold } = subject
    return {
      rule: this.#options.rule?.(subject),
      parentSampled,
      parentThreshold,
      parentShare: this.#parent.probability,
      base: incident ? NEVER : base,
      incident: incident ? base : NEVER,
      reservoir: first && parentSampled === undefined && this.#reserve(route) ? ALWAYS : NEVER,
      error,
      slow,
    }
  }

  /** Most are: nothing speaks for them, and the odds are against them. The same verdict as by all the rules, at once. */
  #isPlain({ randomness, hasErrors, parentSampled, head }: Outcome, route: Route, slow: boolean): boolean {
    if (hasErrors || slow || parentSampled !== undefined || head?.keep === true) return false
    if (this.#options.rule !== undefined || (head === undefined && this.#mayReserve(route))) return false
    return randomness < route.thresholdScaled(this.#base.scale)
  }

  #mayReserve(route: Route): boolean {
    return !route.reserved && this.#options.reservoir && this.#reservoirLeft > 0
  }

  #reserve(route: Route): boolean {
    if (!this.#mayReserve(route)) return false
    route.reserved = true
    this.#reservoirLeft -= route.spans
    return true
  }

  #charge(verdict: Verdict, { randomness, spans }: Outcome, odds: Odds): void {
    if (verdict.reason === 'parent') this.#parent.spend(spans)
    else if (verdict.reason === 'error' && randomness < odds.base && randomness < odds.incident)
      this.#error.spend(spans)
    else if (verdict.reason === 'slow' && randomness < odds.base && randomness < odds.incident) this.#slow.spend(spans)
    else this.#base.spend(spans)
  }

  #route(name: string, at: number): Route {
    const known = this.#routes.get(name)
    if (known !== undefined || this.#routes.size < this.#options.maxRoutes) {
      const route = known ?? new Route(name, this.#options.baseRate, at)
      if (known === undefined) this.#routes.set(name, route)
      route.usedAt = at
      return route
    }
    this.#other.usedAt = at
    return this.#other
  }

  #advance(at: number): void {
    this.#lastAt ??= at
    if (at - this.#lastAt < SECOND_MS) return
    const seconds = Math.floor((at - this.#lastAt) / SECOND_MS)
    this.#lastAt += seconds * SECOND_MS
    this.#tell(this.#service.step(at, seconds), undefined, at, this.#service)
    for (const route of [...this.#routes.values(), this.#other]) {
      this.#tell(route.errors.step(at, seconds), route.name, at, route.errors)
      route.requests.step(seconds)
      route.reserved = false
      if (route.usedAt >= this.#lastAt - seconds * SECOND_MS) route.p95Ms = route.latency.p95(at)
      else if (at - route.usedAt > IDLE_MS) this.#routes.delete(route.name)
    }
    this.#error.step(seconds)
    this.#slow.step(seconds)
    this.#parent.step(seconds)
    this.#reservoirLeft = this.#options.budget * RESERVOIR_MOST
    this.#aim(seconds)
  }

  /** New odds for every route that is in use: what errors, slow ones and callers leave of the budget is shared out. */
  #aim(seconds: number): void {
    const { budget } = this.#options
    const used = this.#error.expected + this.#slow.expected + this.#parent.expected
    const least = budget * BASE_LEAST
    const payBack = this.#base.debt / PAY_BACK_S
    const active = [...this.#routes.values(), this.#other].filter((route) => route.requests.expected > 0)
    const troubled = active.filter((route) => this.#service.incident || route.errors.incident)
    const calm = active.filter((route) => !troubled.includes(route))

    const normal = Math.max(least, budget - used - payBack)
    const spent = this.#share(normal, calm, false)
    const raised = Math.max(least, budget * INCIDENT_MOST - used - payBack - spent)
    if (troubled.length > 0) this.#share(raised, troubled, true)
    const rate = Math.max(least, (troubled.length > 0 ? budget * INCIDENT_MOST : budget) - used)
    this.#base.refill(seconds, rate, Math.max(rate, Math.min(rate, budget) * BURST_S))
  }

  #share(budget: number, routes: readonly Route[], jump: boolean): number {
    const { baseRate, latencyBoost, slowP95Ms } = this.#options
    const boost = ({ p95Ms }: Route) => (p95Ms > slowP95Ms && p95Ms < Infinity ? latencyBoost : 1)
    const most = (route: Route) => (jump ? 1 : Math.min(1, baseRate * boost(route)))
    const given = allocate(
      budget,
      routes.map((route) => ({
        rate: route.requests.expected * route.spans * most(route),
        weight: Math.log10(route.requests.expected + 1) * boost(route),
      })),
    )
    let sum = 0
    routes.forEach((route, i) => {
      const spans = given[i] ?? 0
      sum += spans
      route.aim(Math.min(most(route), spans / (route.requests.expected * route.spans)), jump)
    })
    return sum
  }

  #tell(turn: Turn | undefined, route: string | undefined, at: number, { errorShare }: ErrorWindow): void {
    if (turn !== undefined) this.#options.onIncident?.({ turn, route, at, errorShare })
  }
}

function checkBudget(budget: number): void {
  if (!(budget > 0 && budget < Infinity)) throw new RangeError(`budget: ${budget} must be a finite number above 0`)
}

/** What has been promised stands, unless a rule is against it; the outcome can only have made it more likely. */
function standing(head: Verdict | undefined, { rule, error, slow }: Odds): Verdict | undefined {
  if (head?.keep !== true || rule === 'drop') return undefined
  if (head.threshold === undefined) return head
  if (error < head.threshold || error === ALWAYS) return { keep: true, reason: 'error', threshold: error }
  return slow < head.threshold ? { keep: true, reason: 'slow', threshold: slow } : head
}
