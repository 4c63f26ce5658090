import type { Outcome } from '../../src/alerting/dispatch-types.ts'
import { LabelSet } from '../../src/series/index.ts'
import { dispatchConfig, matcher } from './alerting-config.ts'
import { describeAlert, type Expected, type Input, type Scenario } from './alerting-scenarios.ts'
import { type Attempt, type Reply, Simulation } from './dispatch-simulation.ts'

const BASE = 1_700_000_000_000

export interface CountedScenario extends Pick<Scenario, 'spec' | 'inputs' | 'until'> {
  /** As a scenario's; `nthOfGroup` is no question of which group comes first. */
  readonly reply?: (receiver: string, nth: number, at: number, nthOfGroup: number) => number | 'drop'
}

export interface CountedTold extends Expected {
  readonly groupKey: string
}

/** What the machine tells in a scenario, in no time; `compat`: as Alertmanager. */
export function countedPlay(
  { spec, inputs, reply, until }: CountedScenario,
  { compat }: { readonly compat: boolean },
): CountedTold[] {
  const config = dispatchConfig(spec, { compat })
  const counts = new Map<string, number>()
  const next = (key: string): number => {
    const nth = counts.get(key) ?? 0
    counts.set(key, nth + 1)
    return nth
  }
  const answer = ({ at, notification: { receiver, groupKey } }: Omit<Attempt, 'taken'>): Reply => {
    const [nth, nthOfGroup] = [next(receiver), next(`${receiver} ${groupKey}`)]
    const status = reply?.(receiver, nth, (at - BASE) / 1000, nthOfGroup) ?? 200
    // Alertmanager takes 429 for final.
    if (status === 429 && compat) return { outcome: { kind: 'permanent', reason: '' }, taken: false, afterMs: 1 }
    const outcome = outcomeOf(status === 'drop' ? 200 : status)
    return { outcome, taken: status === 200, afterMs: 1 }
  }
  const simulation = new Simulation({ config, startAt: BASE, reply: answer })
  for (const input of inputs) simulation.at(ms(input.at), () => give(simulation, input))
  simulation.run(ms(until))
  return simulation.attempts
    .filter(({ taken }) => taken)
    .map(({ at, notification: { receiver, groupKey, alerts } }) => ({
      at: (at - BASE) / 1000,
      receiver,
      groupKey,
      alerts: alerts
        .map(({ labels, startsAt, endsAt, annotations }) => {
          const end = endsAt === undefined ? undefined : (endsAt - BASE) / 1000
          return describeAlert(labels.toObject(), (startsAt - BASE) / 1000, end, annotations.get('ann'))
        })
        .join(' '),
    }))
}

function outcomeOf(status: number): Outcome {
  if (status < 300) return { kind: 'delivered' }
  if (status === 429) return { kind: 'temporary', reason: 'HTTP 429', afterMs: 1000 }
  return status >= 500
    ? { kind: 'temporary', reason: `HTTP ${status}` }
    : { kind: 'permanent', reason: `HTTP ${status}` }
}

function ms(seconds: number): number {
  return BASE + Math.round(seconds * 1000)
}

function give(simulation: Simulation, input: Input): void {
  if ('post' in input) {
    const alerts = input.post.map(({ labels, note, start, end }) => ({
      labels: LabelSet.of(labels),
      annotations: LabelSet.of(note === undefined ? {} : { ann: note }),
      startsAt: start === undefined ? undefined : ms(start),
      endsAt: end === undefined ? undefined : ms(end),
    }))
    simulation.send({ kind: 'alerts', alerts })
  } else if ('silence' in input) {
    const matchers = input.silence.map(matcher)
    const silence = { matchers, startsAt: ms(input.from), endsAt: ms(input.to), createdBy: 'ann', comment: 'upgrade' }
    simulation.send({ kind: 'set-silence', silence, newId: `s${simulation.silences.length}` })
  } else if ('expire' in input) {
    simulation.send({ kind: 'expire-silence', id: simulation.silences[input.expire] ?? '' })
  } else if ('restart' in input) simulation.restart()
  else simulation.send({ kind: 'configured' })
}
