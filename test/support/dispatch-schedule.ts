import fc from 'fast-check'
import { LabelSet } from '../../src/series/index.ts'
import type { DispatchConfig, DispatchState } from '../../src/alerting/machine/index.ts'
import { dispatchConfig, matcher } from './alerting-config.ts'
import { type Attempt, OK, type Reply, Simulation } from './dispatch-simulation.ts'

// Random schedules: what comes in, what receivers do, when the process is killed.

export const WAIT = 1000
export const INTERVAL = 5000
export const REPEAT = 60_000
/** When the first of the steps is taken, and the second after it. */
export const STEPS: readonly number[] = [7000, 20_000]
export const NAMES: readonly string[] = ['X/1', 'X/2', 'Y/1', 'Y/2']
const HOUR = 3_600_000

export type Action =
  | { readonly kind: 'fire' | 'resolve'; readonly name: string }
  | { readonly kind: 'silence'; readonly name: string; readonly forMs: number }
  | { readonly kind: 'acknowledge' | 'unacknowledge'; readonly group: string }
  | { readonly kind: 'restart' }

export type Fault = 'none' | 'down' | 'lost' | 'silent' | 'deaf' | 'refused' | 'throttled' | 'slow'

export interface Schedule {
  readonly actions: readonly { readonly afterMs: number; readonly action: Action }[]
  /** Of the attempts, in their order. */
  readonly faults: readonly Fault[]
  readonly seed: number
}

const name = fc.constantFrom(...NAMES)
const group = fc.constantFrom('X', 'Y')

const ACTIONS = {
  alerts: fc.record({ kind: fc.constantFrom('fire', 'fire', 'resolve'), name }),
  silence: fc.record({ kind: fc.constant('silence'), name, forMs: fc.integer({ min: 1000, max: 40_000 }) }),
  acknowledge: fc.record({ kind: fc.constantFrom('acknowledge', 'acknowledge', 'unacknowledge'), group }),
  restart: fc.record({ kind: fc.constant('restart') }),
} as const

export function schedules(kinds: readonly (keyof typeof ACTIONS)[], faults: readonly Fault[]): fc.Arbitrary<Schedule> {
  const action = fc.oneof(...kinds.map((kind) => ACTIONS[kind])) as fc.Arbitrary<Action>
  return fc.record({
    actions: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 15_000 }), action }), { maxLength: 30 }),
    faults: fc.array(fc.constantFrom(...faults), { maxLength: 60 }),
    seed: fc.nat(),
  })
}

export const ALL_FAULTS: readonly Fault[] = ['none', 'down', 'lost', 'silent', 'deaf', 'refused', 'throttled', 'slow']

function replyTo(fault: Fault): Reply {
  switch (fault) {
    case 'none':
      return OK
    case 'down':
      return { outcome: { kind: 'temporary', reason: 'HTTP 503' }, taken: false, afterMs: 3 }
    case 'lost':
      return { outcome: { kind: 'temporary', reason: 'reset' }, taken: true, afterMs: 700 }
    case 'silent':
      return { outcome: 'never', taken: true, afterMs: 0 }
    case 'deaf':
      return { outcome: 'never', taken: false, afterMs: 0 }
    case 'refused':
      return { outcome: { kind: 'permanent', reason: 'HTTP 400' }, taken: false, afterMs: 2 }
    case 'throttled':
      return { outcome: { kind: 'temporary', reason: 'HTTP 429', afterMs: 3000 }, taken: false, afterMs: 2 }
    case 'slow':
      return { outcome: { kind: 'delivered' }, taken: true, afterMs: 8000 }
  }
}

export const config: DispatchConfig = dispatchConfig(
  {
    route: {
      groupBy: ['alertname'],
      wait: WAIT / 1000,
      interval: INTERVAL / 1000,
      repeat: REPEAT / 1000,
      escalation: 'policy',
      routes: [{ receiver: 'second', matchers: ['alertname="X"'], continue: true }, {}],
    },
    inhibit: [{ source: ['alertname="X"', 'n="1"'], target: ['alertname="Y"', 'n="1"'], equal: [] }],
  },
  {
    escalations: [
      {
        name: 'policy',
        steps: STEPS.map((afterMs, i) => ({ afterMs, receiver: `step${i}` })),
        repeats: 1,
      },
    ],
    integrations: { second: { rate: { burst: 2, perMinute: 30 } } },
  },
)

export interface Fire {
  readonly name: string
  /** Since when it is known here. */
  from: number
  to: number
  /** When it began. */
  readonly since?: number
}

/** What came of a schedule; `fires` are the times in which alerts fired. */
export interface Run {
  readonly simulation: Simulation
  readonly fires: readonly Fire[]
  readonly acknowledged: readonly { readonly group: string; readonly at: number; readonly is: boolean }[]
  readonly healedAt: number
}

export interface Way {
  /** The state is saved and loaded again before each of these actions. */
  readonly reloadBefore?: ReadonlySet<number>
  readonly most?: number
  readonly watch?: (state: DispatchState, now: number, fires: readonly Fire[]) => void
}

/** Plays it; then all faults are mended, and there is time to tell what is owed. */
export function play({ actions, faults, seed }: Schedule, { reloadBefore, most, watch }: Way = {}): Run {
  let healed = false
  const left = [...faults]
  const reply = (): Reply => replyTo(healed ? 'none' : (left.shift() ?? 'none'))
  const fires: Fire[] = []
  const simulation = new Simulation({
    config,
    seed,
    reply,
    startAt: HOUR,
    ...(most === undefined ? {} : { most }),
    watch: (state, now) => watch?.(state, now, fires),
  })
  const acknowledged: { group: string; at: number; is: boolean }[] = []
  let at = HOUR
  for (const [i, { afterMs, action }] of actions.entries()) {
    at += afterMs
    simulation.run(at)
    if (reloadBefore?.has(i) === true) simulation.reload()
    act(simulation, action, i, fires, acknowledged)
  }
  healed = true
  const healedAt = at
  simulation.run(at + 4 * REPEAT)
  return { simulation, fires, acknowledged, healedAt }
}

function act(
  simulation: Simulation,
  action: Action,
  i: number,
  fires: Fire[],
  acknowledged: { group: string; at: number; is: boolean }[],
): void {
  const { now } = simulation
  switch (action.kind) {
    case 'fire':
    case 'resolve': {
      const current = fires.find((fire) => fire.name === action.name && fire.to === Infinity)
      if (action.kind === 'fire' && current === undefined) fires.push({ name: action.name, from: now, to: Infinity })
      if (action.kind === 'resolve' && current === undefined) return
      if (action.kind === 'resolve' && current !== undefined) current.to = now
      const endsAt = action.kind === 'fire' ? now + HOUR : now
      const startsAt = current?.from ?? now
      const alert = { labels: labelsOf(action.name), annotations: LabelSet.EMPTY, startsAt, endsAt }
      simulation.send({ kind: 'alerts', alerts: [alert] })
      return
    }
    case 'silence': {
      const [alertname = '', n = ''] = action.name.split('/')
      const matchers = [matcher(`alertname="${alertname}"`), matcher(`n="${n}"`)]
      const who = { createdBy: 'ann', comment: 'upgrade' }
      // Every other one is maintenance.
      const maintenance = action.forMs % 2 === 0 ? { maintenance: {} } : {}
      const silence = { matchers, startsAt: now, endsAt: now + action.forMs, ...who, ...maintenance }
      simulation.send({ kind: 'set-silence', silence, newId: `s${i}` })
      return
    }
    case 'acknowledge':
    case 'unacknowledge': {
      const refused = simulation.refusals.length
      const keys = [...simulation.state.logs.keys()].filter((one) => one.includes(`{alertname="${action.group}"}`))
      for (const of of keys) simulation.send({ kind: action.kind, of, by: 'ann' })
      if (keys.length === 0 || simulation.refusals.length > refused) return
      acknowledged.push({ group: action.group, at: now, is: action.kind === 'acknowledge' })
      return
    }
    case 'restart':
      simulation.restart()
  }
}

function labelsOf(name: string): LabelSet {
  const [alertname = '', n = ''] = name.split('/')
  return LabelSet.of({ alertname, n })
}

export function nameOf(labels: LabelSet): string {
  return `${labels.get('alertname')}/${labels.get('n')}`
}

/** Attempts by integration and group, in their order. */
export function byWay<
  A extends Pick<Attempt, 'integration'> & { readonly notification: Pick<Attempt['notification'], 'groupKey'> },
>(attempts: readonly A[]): A[][] {
  const ways = new Map<string, A[]>()
  for (const attempt of attempts) {
    const way = `${attempt.integration} ${attempt.notification.groupKey}`
    ways.set(way, [...(ways.get(way) ?? []), attempt])
  }
  return [...ways.values()]
}
