import { describe, expect, it } from 'vitest'
import { type AlertingSpec, dispatchConfig } from '../../../test/support/alerting-config.ts'
import { type Given, post, SPEC, start, told, verdicts } from '../../../test/support/dispatch-scenario.ts'
import { OK, Simulation } from '../../../test/support/dispatch-simulation.ts'
import type { Integration, Outcome } from '../dispatch-types.ts'

// What Alertmanager has not. Times in seconds.

const POLICY = {
  escalations: [
    {
      name: 'policy',
      steps: [
        { afterMs: 10_000, receiver: 'lead' },
        { afterMs: 20_000, receiver: 'boss' },
      ],
      repeats: 0,
    },
  ],
}
const ESCALATING: AlertingSpec = { route: { ...SPEC.route, escalation: 'policy' } }
const KEY = '{}:{alertname="A"}'

describe('escalation', () => {
  it('walks its steps while nobody acknowledges, and tells each step that it is over', () => {
    const simulation = start({ spec: ESCALATING, extras: POLICY })
    post(simulation, 0, 'A')
    post(simulation, 40, 'A', 40, 0)
    simulation.run(60_000)
    expect(told(simulation)).toEqual([
      '1 hook first A',
      '11 lead escalation 0 A',
      '31 boss escalation 1 A',
      '41 hook all-resolved -A',
      '41 lead all-resolved -A',
      '41 boss all-resolved -A',
    ])
  })

  it('walks all steps again as often as it says, its level growing', () => {
    const [policy] = POLICY.escalations
    const escalations = policy === undefined ? [] : [{ ...policy, repeats: 1 }]
    const simulation = start({ spec: ESCALATING, extras: { escalations } })
    post(simulation, 0, 'A')
    simulation.run(300_000)
    expect(told(simulation)).toEqual([
      '1 hook first A',
      '11 lead escalation 0 A',
      '31 boss escalation 1 A',
      '41 lead escalation 2 A',
      '61 boss escalation 3 A',
    ])
  })

  it('an acknowledgement stops it through a restart; taken back, the next step is due after its delay', () => {
    const simulation = start({ spec: ESCALATING, extras: POLICY })
    post(simulation, 0, 'A')
    simulation.run(15_000)
    simulation.send({ kind: 'acknowledge', of: KEY, by: 'ann' })
    simulation.restart()
    simulation.run(100_000)
    expect(told(simulation)).toEqual(['1 hook first A', '11 lead escalation 0 A'])
    simulation.send({ kind: 'unacknowledge', of: KEY, by: 'ann' })
    simulation.run(130_000)
    expect(told(simulation).slice(2)).toEqual(['120 boss escalation 1 A'])
    expect(verdicts(simulation).filter((one) => one.includes('acknowledged'))).toEqual([
      '15 hook acknowledged: acknowledged by ann',
      '100 hook acknowledged: no longer acknowledged, says ann',
    ])
  })

  it.each([
    ['its own time', 30_000, undefined, '50 boss escalation 1 A'],
    ['the time-out of the policy', undefined, 40_000, '75 boss escalation 1 A'],
  ])('an acknowledgement runs out by %s', (_, until, acknowledgeTimeoutMs, next) => {
    const [policy] = POLICY.escalations
    const escalations = policy === undefined ? [] : [{ ...policy, acknowledgeTimeoutMs }]
    const simulation = start({ spec: ESCALATING, extras: { escalations } })
    post(simulation, 0, 'A')
    simulation.run(15_000)
    simulation.send({ kind: 'acknowledge', of: KEY, by: 'ann', until })
    simulation.run(100_000)
    expect(told(simulation).slice(2)).toEqual([next])
  })

  it('what joins an acknowledged group is told, but not escalated: who is at it is told too', () => {
    const spec: AlertingSpec = { route: { ...ESCALATING.route, groupBy: [] } }
    const simulation = start({ spec, extras: POLICY })
    post(simulation, 0, 'A')
    simulation.run(5_000)
    simulation.send({ kind: 'acknowledge', of: '{}:{}', by: 'ann' })
    post(simulation, 7, 'B')
    simulation.run(100_000)
    expect(told(simulation)).toEqual(['1 hook first A', '11 hook more-firing A B'])
  })

  it('is forgotten with its end: the next time begins at the first step, without the acknowledgement', () => {
    const simulation = start({ spec: ESCALATING, extras: POLICY })
    post(simulation, 0, 'A')
    simulation.run(15_000)
    simulation.send({
      kind: 'acknowledge',
      of: simulation.attempts[0]?.notification.alerts[0]?.fingerprint ?? '',
      by: 'ann',
    })
    post(simulation, 20, 'A', 20, 0)
    post(simulation, 50, 'A')
    simulation.run(70_000)
    expect(told(simulation).slice(2)).toEqual([
      '21 hook all-resolved -A',
      '21 lead all-resolved -A',
      '51 hook first A',
      '61 lead escalation 0 A',
    ])
  })

  it('waits while all is silenced', () => {
    const simulation = start({ spec: ESCALATING, extras: POLICY })
    post(simulation, 0, 'A')
    simulation.run(5000)
    const matchers = dispatchConfig({ route: { matchers: ['alertname="A"'] } }).alerting.route.matchers
    const silence = { matchers, startsAt: 5000, endsAt: 28_000, createdBy: 'ann', comment: 'upgrade' }
    simulation.send({ kind: 'set-silence', silence, newId: 's1' })
    simulation.run(45_000)
    expect(told(simulation)).toEqual(['1 hook first A', '31 lead escalation 0 A'])
  })

  it('begins anew for what fires after an end that was told when the bucket allowed it', () => {
    const spec: AlertingSpec = { route: { ...ESCALATING.route, groupBy: [] } }
    const rate = { burst: 1, perMinute: 7.5 }
    const simulation = start({ spec, extras: { ...POLICY, integrations: { hook: { rate } } } })
    post(simulation, 0, 'A')
    post(simulation, 4, 'B')
    post(simulation, 8, 'A', 8, 0)
    post(simulation, 8, 'B', 8, 4)
    post(simulation, 9.5, 'C')
    simulation.run(30_000)
    expect(told(simulation)).toEqual([
      '1 hook first A',
      '9 hook all-resolved -A -B',
      '17 hook first C',
      '21 lead escalation 0 C',
    ])
  })

  it('owes a step that was refused, until somebody is at it', () => {
    const escalations = [{ name: 'policy', steps: [{ afterMs: 12_000, receiver: 'lead' }], repeats: 0 }]
    const simulation = start({
      spec: ESCALATING,
      extras: { escalations },
      reply: (to, at) => (to === 'lead' && at < 25 ? { kind: 'permanent', reason: 'HTTP 400' } : undefined),
    })
    post(simulation, 0, 'A')
    simulation.run(30_000)
    expect(told(simulation)).toEqual([
      '1 hook first A',
      ...['13', '16', '21', '26'].map((at) => `${at} lead escalation 0 A`),
    ])
  })

  it.each(['nothing', KEY])('nobody can acknowledge what does not fire: %s', (of) => {
    const simulation = start({ spec: ESCALATING, extras: POLICY })
    simulation.send({ kind: 'acknowledge', of, by: 'ann' })
    expect(simulation.refusals).toEqual([`nothing fires that is called ${of}`])
  })
})

describe('channels', () => {
  const gone: Outcome = { kind: 'gone', reason: 'HTTP 410' }
  const down: Outcome = { kind: 'temporary', reason: 'HTTP 503' }
  const withFallback = (own: Partial<Integration>): Given['extras'] => ({
    receivers: ['mail'],
    integrations: { hook: { fallback: 'mail', ...own } },
  })

  it('one that is gone is left at once for its fallback, for all groups, until it is configured anew', () => {
    const simulation = start({
      extras: withFallback({}),
      reply: (to, at) => (to === 'hook' && at < 10 ? gone : undefined),
    })
    post(simulation, 0, 'A')
    post(simulation, 3, 'B')
    post(simulation, 5, 'A', 5, 0)
    simulation.run(11_500)
    simulation.send({ kind: 'configured' })
    post(simulation, 12, 'C')
    simulation.run(13_500)
    expect(told(simulation)).toEqual([
      '1 hook first A',
      '1 mail first A',
      '4 mail first B',
      '6 mail all-resolved -A',
      '11.5 hook first B',
      '13 hook first C',
    ])
    expect(verdicts(simulation)).toContain('1 hook failed: HTTP 410')
  })

  it('one that has failed for long is helped by its fallback, and still tried', () => {
    const extras = withFallback({ fallbackAfterMs: 8000 })
    const simulation = start({ extras, reply: (to, at) => (to === 'hook' && at < 30 ? down : undefined) })
    post(simulation, 0, 'A')
    simulation.run(60_000)
    post(simulation, 60, 'A', 60, 0)
    simulation.run(70_000)
    const mail = simulation.attempts.filter(({ notification }) => notification.receiver === 'mail')
    expect(mail.map(({ notification }) => notification.reason)).toEqual(['first', 'all-resolved'])
    expect(mail[0]?.at).toBeGreaterThanOrEqual(9000)
    const hook = simulation.attempts.filter(({ notification }) => notification.receiver === 'hook')
    expect(hook.filter(({ taken }) => taken).map(({ notification }) => notification.reason)).toEqual([
      'first',
      'all-resolved',
    ])
  })

  it('a bucket lets no more through than it has, in the order of asking', () => {
    const extras = { integrations: { hook: { rate: { burst: 2, perMinute: 6 } } } }
    const simulation = start({ extras })
    for (const name of ['A', 'B', 'C', 'D', 'E']) post(simulation, 0, name)
    simulation.run(60_000)
    expect(told(simulation)).toEqual([
      '1 hook first A',
      '1 hook first B',
      '11 hook first C',
      '21 hook first D',
      '31 hook first E',
    ])
    expect(verdicts(simulation).filter((one) => one.includes('rate-limited'))).toHaveLength(3)
  })

  it('what waits for the bucket is told as it is then', () => {
    const simulation = start({ extras: { integrations: { hook: { rate: { burst: 1, perMinute: 6 } } } } })
    post(simulation, 0, 'A')
    post(simulation, 0, 'B')
    post(simulation, 5, 'B', 5, 0)
    post(simulation, 6, 'C')
    simulation.run(60_000)
    // B was never told as firing: its end is nobody's business, and its place in the queue is C's.
    expect(told(simulation)).toEqual(['1 hook first A', '21 hook first C'])
  })

  it('Retry-After is heard by all groups, and the message keeps its id', () => {
    const busy: Outcome = { kind: 'temporary', reason: 'HTTP 429', afterMs: 4000 }
    const simulation = start({ reply: (_, at) => (at < 2 ? busy : undefined) })
    post(simulation, 0, 'A')
    post(simulation, 2, 'B')
    simulation.run(20_000)
    expect(told(simulation)).toEqual(['1 hook first A', '5 hook first A', '5 hook first B'])
    expect(new Set(simulation.attempts.map(({ notification }) => notification.id)).size).toBe(2)
  })

  it('one that is slow does not keep others from being told', () => {
    const spec: AlertingSpec = {
      route: { ...SPEC.route, groupBy: [], routes: [{ receiver: 'slow', continue: true }, { receiver: 'quick' }] },
    }
    const config = dispatchConfig(spec)
    const integrations = ['slow', 'quick'].flatMap(
      (name) => config.alerting.receivers.find((one) => one.name === name)?.integrations ?? [],
    )
    const route = { ...config.alerting.route, receiver: 'both', routes: [] }
    const alerting = { ...config.alerting, route, receivers: [{ name: 'both', integrations }] }
    const late = new Simulation({
      config: { ...config, alerting },
      reply: ({ integration }) => (integration.startsWith('slow') ? { ...OK, outcome: 'never' } : OK),
    })
    post(late, 0, 'A')
    post(late, 3, 'B')
    late.run(7000)
    expect(late.attempts.map(({ at, integration }) => `${at / 1000} ${integration}`)).toEqual([
      '1 slow/webhook[0]',
      '1 quick/webhook[0]',
      '6 quick/webhook[0]',
    ])
  })
})

describe('calm', () => {
  it('nothing is told in the hold-off, so that what inhibits can come', () => {
    const spec: AlertingSpec = {
      ...SPEC,
      inhibit: [{ source: ['alertname="S"'], target: ['alertname="T"'], equal: [] }],
    }
    const simulation = start({ spec, extras: { holdOffMs: 10_000 } })
    post(simulation, 0, 'T')
    post(simulation, 5, 'S')
    simulation.run(20_000)
    expect(told(simulation)).toEqual(['10 hook first S'])
    expect(verdicts(simulation)).toContain('10 hook inhibited: inhibited by {alertname="S", n="1"}')
  })

  it('recovery is told when it has lasted, and a relapse before that is no news', () => {
    const simulation = start({ extras: { recoveryDelayMs: 20_000 } })
    post(simulation, 0, 'A')
    post(simulation, 5, 'A', 5, 0)
    post(simulation, 15, 'A')
    post(simulation, 40, 'A', 40, 15)
    simulation.run(80_000)
    expect(told(simulation)).toEqual(['1 hook first A', '61 hook all-resolved -A'])
  })

  it('what flaps is told as firing until it holds still', () => {
    const simulation = start({ extras: { flapping: { changes: 5, windowMs: 60_000 } } })
    for (let at = 0; at < 60; at += 10) {
      post(simulation, at, 'A')
      post(simulation, at + 5.5, 'A', at + 5.5, at)
    }
    simulation.run(200_000)
    const list = told(simulation)
    // The first two ends are told, and from the third on it flaps; the last five changes are from 35.5 on.
    expect(list.filter((one) => one.includes('all-resolved'))).toHaveLength(3)
    expect(list.at(-1)).toBe('96 hook all-resolved -A')
  })
})

describe('decisions', () => {
  it('tell why, once: a quiet hour is no noise', () => {
    const spec: AlertingSpec = { route: { ...SPEC.route, groupBy: [] } }
    const simulation = start({ spec })
    post(simulation, 0, 'A')
    const matchers = dispatchConfig({ route: { matchers: ['alertname="B"'] } }).alerting.route.matchers
    const silence = { matchers, startsAt: 0, endsAt: 1e9, createdBy: 'ann', comment: 'upgrade of db2' }
    simulation.send({ kind: 'set-silence', silence, newId: '6f' })
    post(simulation, 0, 'B')
    simulation.run(3_000_000)
    expect(verdicts(simulation)).toEqual([
      '0 hook waiting: waits for others of its group until 1970-01-01T00:00:01.000Z',
      '0 hook waiting: waits for others of its group until 1970-01-01T00:00:01.000Z',
      '1 hook silenced: silenced by 6f of ann: "upgrade of db2"',
      '1 hook sent: first: 1 firing, 0 resolved',
    ])
  })
})

describe('a route that goes away', () => {
  it('leaves nobody who knows that something fires without its end', () => {
    const before: AlertingSpec = {
      route: { ...SPEC.route, routes: [{ receiver: 'team', matchers: ['alertname="A"'] }] },
    }
    const simulation = start({ config: dispatchConfig(before) })
    post(simulation, 0, 'A')
    simulation.run(3000)
    simulation.config = dispatchConfig(SPEC, { receivers: ['team'] })
    simulation.send({ kind: 'configured' })
    post(simulation, 6, 'A', 6, 0)
    simulation.run(20_000)
    expect(told(simulation)).toEqual([
      '1 team first A',
      '3 hook first A',
      '8 team all-resolved -A',
      '8 hook all-resolved -A',
    ])
    expect(simulation.state.groups.size).toBe(2)
    simulation.run(40_000)
    expect(simulation.state.groups.size).toBe(0)
  })
})

describe('a restart', () => {
  it('the first post begins the clock of its group anew, and what was due before is told when it was due', () => {
    const simulation = start({ spec: { route: { ...SPEC.route, groupBy: [], wait: 3, interval: 4 } } })
    post(simulation, 0, 'A')
    simulation.run(4_000)
    simulation.restart()
    post(simulation, 5, 'B')
    post(simulation, 7.5, 'C')
    post(simulation, 9, 'D')
    simulation.run(14_000)
    expect(told(simulation)).toEqual([
      '3 hook first A',
      '7 hook more-firing A B',
      '8 hook more-firing A B C',
      '12 hook more-firing A B C D',
    ])
  })

  it.each([
    ['once', 1],
    ['twice', 2],
  ])('%s: an old alert that is posted is told at once, those of before with it, and nothing again', (_, times) => {
    const simulation = start({ spec: { route: { ...SPEC.route, groupBy: [], interval: 60 } } })
    post(simulation, 0, 'A')
    simulation.run(4_000)
    for (let i = 0; i < times; i++) simulation.restart()
    post(simulation, 6, 'A', undefined, 0)
    post(simulation, 7, 'B', undefined, 0)
    post(simulation, 66.5, 'C')
    simulation.run(300_000)
    expect(told(simulation)).toEqual(['1 hook first A', '66 hook more-firing A B', '126 hook more-firing A B C'])
  })

  it('nothing is posted: what was due is told when it was due', () => {
    const simulation = start({ spec: { route: { ...SPEC.route, groupBy: [], wait: 3 } } })
    post(simulation, 0, 'A')
    simulation.run(1_000)
    simulation.restart()
    simulation.run(60_000)
    expect(told(simulation)).toEqual(['3 hook first A'])
  })
})
