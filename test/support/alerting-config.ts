import type {
  AlertingConfig,
  EscalationPolicy,
  Integration,
  Receiver,
  Route,
} from '../../src/alerting/dispatch-types.ts'
import type { DispatchConfig } from '../../src/alerting/machine/index.ts'
import { Matcher, type MatchOperator } from '../../src/series/index.ts'

/** A route as a scenario states it; what is left out is the parent's. Seconds. */
export interface RouteSpec {
  readonly receiver?: string
  /** `team="a"` */
  readonly matchers?: readonly string[]
  readonly continue?: boolean
  /** `['...']`: all. */
  readonly groupBy?: readonly string[]
  readonly wait?: number
  readonly interval?: number
  readonly repeat?: number
  readonly mute?: readonly string[]
  readonly active?: readonly string[]
  readonly escalation?: string
  readonly routes?: readonly RouteSpec[]
}

export interface InhibitSpec {
  readonly source: readonly string[]
  readonly target: readonly string[]
  readonly equal: readonly string[]
}

/** Receivers are webhooks, one for each name that a route mentions. */
export interface AlertingSpec {
  readonly route: RouteSpec
  readonly inhibit?: readonly InhibitSpec[]
  /** Of receivers: default true. */
  readonly sendResolved?: boolean
  readonly resolveTimeout?: number
  /** Names of time intervals, and whether it is within them at all times, or at none. */
  readonly intervals?: Readonly<Record<string, boolean>>
}

type Extras = Partial<
  Pick<AlertingConfig, 'holdOffMs' | 'flapping' | 'recoveryDelayMs'> & Pick<DispatchConfig, 'compat'>
> & {
  readonly escalations?: readonly EscalationPolicy[]
  readonly integrations?: Readonly<Record<string, Partial<Integration>>>
  readonly receivers?: readonly string[]
}

export function dispatchConfig(spec: AlertingSpec, extras: Extras = {}): DispatchConfig {
  const { escalations = [], integrations = {}, receivers = [] } = extras
  const { holdOffMs = 0, flapping, recoveryDelayMs = 0, compat = false } = extras
  const names = new Set([...receiversOf(spec.route), ...receivers])
  for (const { steps } of escalations) for (const { receiver } of steps) names.add(receiver)
  const sendResolved = spec.sendResolved ?? true
  return {
    isWithin: ({ name }) => spec.intervals?.[name] ?? false,
    compat,
    alerting: {
      resolveTimeoutMs: (spec.resolveTimeout ?? 300) * 1000,
      route: route(spec.route, undefined),
      receivers: Array.from(names, (name): Receiver => {
        const webhook = { kind: 'webhook', key: `${name}/webhook[0]`, sendResolved, options: {}, ...integrations[name] }
        return { name, integrations: [webhook] }
      }),
      inhibitRules: (spec.inhibit ?? []).map(({ source, target, equal }) => ({
        sourceMatchers: source.map(matcher),
        targetMatchers: target.map(matcher),
        equal,
      })),
      timeIntervals: Object.keys(spec.intervals ?? {}).map((name) => ({ name, specs: [] })),
      escalations,
      schedules: [],
      templates: [],
      holdOffMs,
      flapping,
      recoveryDelayMs,
    },
  }
}

function route(spec: RouteSpec, parent: Route | undefined): Route {
  const ms = (seconds: number | undefined, inherited: number): number =>
    seconds === undefined ? inherited : Math.round(seconds * 1000)
  // An empty list is none.
  const listed = spec.groupBy === undefined || spec.groupBy.length === 0 ? parent?.groupBy : spec.groupBy
  const groupBy = spec.groupBy?.includes('...') === true ? 'all' : (listed ?? [])
  const own: Route = {
    receiver: spec.receiver ?? parent?.receiver ?? 'hook',
    matchers: (spec.matchers ?? []).map(matcher),
    continue: spec.continue ?? false,
    groupBy,
    groupWaitMs: ms(spec.wait, parent?.groupWaitMs ?? 30_000),
    groupIntervalMs: ms(spec.interval, parent?.groupIntervalMs ?? 300_000),
    repeatIntervalMs: ms(spec.repeat, parent?.repeatIntervalMs ?? 14_400_000),
    muteTimeIntervals: spec.mute ?? [],
    activeTimeIntervals: spec.active ?? [],
    escalation: spec.escalation ?? parent?.escalation,
    routes: [],
  }
  return { ...own, routes: (spec.routes ?? []).map((child) => route(child, own)) }
}

export function receiversOf({ receiver = 'hook', routes = [] }: RouteSpec): string[] {
  return [receiver, ...routes.flatMap((child) => receiversOf({ receiver, ...child }))]
}

export function matcher(text: string): Matcher {
  const [, name = '', operator = '', value = ''] = /^(\w+)(=~|!~|!=|=)"(.*)"$/.exec(text) ?? []
  return new Matcher(name, operator as MatchOperator, value)
}

/** An alertmanager.yml that means the same, as JSON; a receiver's messages go to its name below `base`. */
export function alertmanagerConfig(spec: AlertingSpec, base: string): unknown {
  const seconds = (value: number | undefined): string | undefined =>
    value === undefined ? undefined : `${Math.round(value * 1000)}ms`
  const one = (own: RouteSpec, isRoot: boolean): unknown => ({
    receiver: own.receiver ?? (isRoot ? 'hook' : undefined),
    matchers: own.matchers,
    continue: own.continue,
    group_by: own.groupBy,
    group_wait: seconds(own.wait),
    group_interval: seconds(own.interval),
    repeat_interval: seconds(own.repeat),
    mute_time_intervals: own.mute,
    active_time_intervals: own.active,
    routes: own.routes?.map((child) => one(child, false)),
  })
  return {
    global: { resolve_timeout: seconds(spec.resolveTimeout ?? 300) },
    route: one(spec.route, true),
    receivers: Array.from(new Set(receiversOf(spec.route)), (name) => ({
      name,
      webhook_configs: [{ url: `${base}/${name}`, send_resolved: spec.sendResolved ?? true }],
    })),
    inhibit_rules: spec.inhibit?.map(({ source, target, equal }) => ({
      source_matchers: source,
      target_matchers: target,
      equal,
    })),
    time_intervals: Object.entries(spec.intervals ?? {}).map(([name, within]) => ({
      name,
      time_intervals: [within ? { times: [{ start_time: '00:00', end_time: '24:00' }] } : { years: ['1970'] }],
    })),
  }
}
