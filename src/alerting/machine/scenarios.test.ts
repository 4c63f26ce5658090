import { describe, expect, it } from 'vitest'
import { dispatchConfig, matcher } from '../../../test/support/alerting-config.ts'
import {
  byReceiver,
  describeAlert,
  type Expected,
  type Input,
  type Scenario,
  SCENARIOS,
} from '../../../test/support/alerting-scenarios.ts'
import { type Attempt, type Reply, Simulation } from '../../../test/support/dispatch-simulation.ts'
import { LabelSet } from '../../series/index.ts'
import type { Outcome } from '../dispatch-types.ts'

const BASE = 1_700_000_000_000

function outcomeOf(status: number): Outcome {
  if (status < 300) return { kind: 'delivered' }
  if (status === 429) return { kind: 'temporary', reason: 'HTTP 429', afterMs: 1000 }
  return status >= 500
    ? { kind: 'temporary', reason: `HTTP ${status}` }
    : { kind: 'permanent', reason: `HTTP ${status}` }
}

interface Wanted {
  readonly list: readonly Expected[]
  readonly compat: boolean
}

function play({ spec, inputs, reply, until }: Scenario, { compat }: Wanted): Expected[] {
  const config = dispatchConfig(spec, { compat })
  const counts = new Map<string, number>()
  const answer = ({ at, notification: { receiver } }: Omit<Attempt, 'taken'>): Reply => {
    const nth = counts.get(receiver) ?? 0
    counts.set(receiver, nth + 1)
    const status = reply?.(receiver, nth, (at - BASE) / 1000) ?? 200
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
    .map(({ at, notification: { receiver, alerts } }) => ({
      at: (at - BASE) / 1000,
      receiver,
      alerts: alerts
        .map(({ labels, startsAt, endsAt, annotations }) => {
          const end = endsAt === undefined ? undefined : (endsAt - BASE) / 1000
          return describeAlert(labels.toObject(), (startsAt - BASE) / 1000, end, annotations.get('ann'))
        })
        .join(' '),
    }))
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

describe('scenarios', () => {
  const cases = SCENARIOS.flatMap((scenario) => [
    { name: scenario.name, scenario, wanted: { list: scenario.expected, compat: false } },
    {
      name: `${scenario.name}, as Alertmanager`,
      scenario,
      wanted: { list: scenario.alertmanager ?? scenario.expected, compat: true },
    },
  ])
  it.each(cases)('$name', ({ scenario, wanted }) => {
    const got = byReceiver(play(scenario, wanted))
    const list = byReceiver(wanted.list)
    expect(got.map(({ receiver, alerts }) => `${receiver}: ${alerts}`)).toEqual(
      list.map(({ receiver, alerts }) => `${receiver}: ${alerts}`),
    )
    for (const [i, { at, to = at + 0.01 }] of list.entries()) {
      expect(got[i]?.at).toBeGreaterThanOrEqual(at)
      expect(got[i]?.at).toBeLessThanOrEqual(to)
    }
  })
})
