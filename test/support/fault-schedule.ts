import fc from 'fast-check'
import { NAMES } from './dispatch-schedule.ts'
import type { FaultKind } from './faulty-receiver.ts'

// Random schedules for a whole house of alerting: what comes in, what receivers do, when and how the process is killed.

export const WAIT = 1000
export const INTERVAL = 5000
export const REPEAT = 60_000

export type HouseAction =
  | { readonly kind: 'fire' | 'resolve'; readonly name: string }
  | { readonly kind: 'silence'; readonly name: string; readonly forMs: number }
  | { readonly kind: 'acknowledge' | 'unacknowledge'; readonly group: string }
  | { readonly kind: 'kill' }

/** When a process ends, unless an action ends it before. */
export type Death =
  | { readonly kind: 'disk'; readonly change: number; readonly share: number }
  /** When its message is at the receiver, before the answer. */
  | { readonly kind: 'request'; readonly count: number }

export interface Kill {
  readonly death: Death
  readonly downMs: number
  /** The machine goes too: what is not forced onto the medium is lost. */
  readonly losesPower: boolean
}

export interface HouseSchedule {
  readonly actions: readonly { readonly afterMs: number; readonly action: HouseAction }[]
  /** Of the attempts, in their order. */
  readonly faults: readonly FaultKind[]
  /** One for each process, in their order; the next one is not killed. */
  readonly kills: readonly Kill[]
}

const name = fc.constantFrom(...NAMES)
const group = fc.constantFrom('X', 'Y')

const ACTIONS = {
  alerts: fc.record({ kind: fc.constantFrom('fire', 'fire', 'resolve'), name }),
  silence: fc.record({ kind: fc.constant('silence'), name, forMs: fc.integer({ min: 1000, max: 40_000 }) }),
  acknowledge: fc.record({ kind: fc.constantFrom('acknowledge', 'acknowledge', 'unacknowledge'), group }),
  kill: fc.record({ kind: fc.constant('kill') }),
} as const

const death = fc.oneof(
  fc.record({
    kind: fc.constant('disk'),
    change: fc.integer({ min: 1, max: 120 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('request'), count: fc.integer({ min: 1, max: 12 }) }),
) as fc.Arbitrary<Death>

export function houseSchedules(
  kinds: readonly (keyof typeof ACTIONS)[],
  faults: readonly FaultKind[],
): fc.Arbitrary<HouseSchedule> {
  const action = fc.oneof(...kinds.map((kind) => ACTIONS[kind])) as fc.Arbitrary<HouseAction>
  return fc.record({
    actions: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 15_000 }), action }), { maxLength: 24 }),
    faults: fc.array(fc.constantFrom(...faults), { maxLength: 40 }),
    kills: fc.array(
      fc.record({
        death,
        downMs: fc.integer({ min: 0, max: 20_000 }),
        losesPower: fc.constantFrom(false, false, true),
      }),
      { maxLength: 5 },
    ),
  })
}

export const configText = (url: string): string => `
boxman:
  escalations: [{name: policy, steps: [{after: 7s, receiver: step0}, {after: 20s, receiver: step1}], repeats: 1}]
route:
  receiver: hook
  group_by: [alertname]
  group_wait: ${WAIT}ms
  group_interval: ${INTERVAL}ms
  repeat_interval: ${REPEAT}ms
  boxman: {escalation: policy}
  routes: [{receiver: second, matchers: ['alertname="X"'], continue: true}, {receiver: hook}]
inhibit_rules: [{source_matchers: ['alertname="X"', 'n="1"'], target_matchers: ['alertname="Y"', 'n="1"']}]
receivers:
- {name: hook, webhook_configs: [{url: '${url}/hook', timeout: 60s}]}
- name: second
  webhook_configs: [{url: '${url}/second', timeout: 60s, boxman: {rate: {per_minute: 30, burst: 2}}}]
- {name: step0, webhook_configs: [{url: '${url}/step0', timeout: 60s}]}
- {name: step1, webhook_configs: [{url: '${url}/step1', timeout: 60s}]}
`
