import { describe, expect, it } from 'vitest'
import { type AlertingSpec, dispatchConfig, matcher } from '../../../test/support/alerting-config.ts'
import { post, SPEC, start, told, verdicts } from '../../../test/support/dispatch-scenario.ts'
import type { Simulation } from '../../../test/support/dispatch-simulation.ts'
import { defineAlerting, loadState } from '../index.ts'
import type { AlertingConfig } from '../dispatch-types.ts'
import type { DispatchConfig } from './index.ts'

// Times in seconds.

const ALL_IN_ONE: AlertingSpec = { route: { ...SPEC.route, groupBy: [] } }

function withMore(spec: AlertingSpec, more: Partial<AlertingConfig>): DispatchConfig {
  const config = dispatchConfig(spec)
  return { ...config, alerting: { ...config.alerting, ...more } }
}

function mute(simulation: Simulation, from: number, to: number, name = 'A', more: object = { maintenance: {} }): void {
  simulation.run(from * 1000)
  const times = { startsAt: from * 1000, endsAt: to * 1000 }
  const silence = {
    matchers: [matcher(`alertname="${name}"`)],
    ...times,
    createdBy: 'ann',
    comment: 'upgrade',
    ...more,
  }
  simulation.send({ kind: 'set-silence', silence, newId: `m${from}` })
}

describe('maintenance', () => {
  it('what was told before it is not told again after it, and is repeated as if it had been told at its end', () => {
    const simulation = start({ spec: { route: { ...SPEC.route, repeat: 100 } } })
    post(simulation, 0, 'A')
    mute(simulation, 50, 400)
    simulation.run(600_000)
    expect(told(simulation)).toEqual(['1 hook first A', '496 hook repeat A', '596 hook repeat A'])
    expect(verdicts(simulation)).toContain(
      '51 hook maintenance: maintenance m50 until 1970-01-01T00:06:40.000Z of ann: "upgrade"',
    )
  })

  it('what began in it is told when it ends', () => {
    const simulation = start()
    mute(simulation, 0, 100)
    post(simulation, 10, 'A')
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['101 hook first A'])
  })

  it('an end is told in it, and what begins anew after that is told when it ends', () => {
    const simulation = start()
    post(simulation, 0, 'A')
    mute(simulation, 10, 100)
    post(simulation, 20, 'A', 20, 0)
    post(simulation, 40, 'A')
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['1 hook first A', '21 hook all-resolved -A', '101 hook first A'])
  })

  it('what ends and begins anew between two looks is told when it ends', () => {
    const simulation = start()
    post(simulation, 0, 'A')
    mute(simulation, 10, 100)
    post(simulation, 22, 'A', 22, 0)
    post(simulation, 24, 'A')
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['1 hook first A', '101 hook first A'])
  })

  it('others of the group are told of meanwhile, and what was told before stays told', () => {
    const simulation = start({ spec: ALL_IN_ONE })
    post(simulation, 0, 'A')
    mute(simulation, 10, 100)
    post(simulation, 20, 'B')
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['1 hook first A', '21 hook more-firing B'])
  })

  it('a silence, as in Alertmanager, lets it be told again', () => {
    const simulation = start({ spec: ALL_IN_ONE })
    post(simulation, 0, 'A')
    mute(simulation, 10, 100, 'A', {})
    post(simulation, 20, 'B')
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['1 hook first A', '21 hook more-firing B', '101 hook more-firing A B'])
  })

  it('the group is not over for who was told while something of it is only in maintenance', () => {
    const simulation = start({ spec: ALL_IN_ONE })
    post(simulation, 0, 'A')
    post(simulation, 0, 'B')
    mute(simulation, 10, 100)
    post(simulation, 20, 'B', 20, 0)
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['1 hook first A B', '21 hook some-resolved A -B'])
    expect(simulation.attempts[1]?.notification.status).toBe('firing')
  })

  it('of what was never told nothing is lost', () => {
    const refuse = { kind: 'permanent', reason: 'HTTP 400' } as const
    const simulation = start({ reply: (_, at) => (at < 50 ? refuse : undefined) })
    post(simulation, 0, 'A')
    mute(simulation, 10, 100)
    simulation.run(200_000)
    expect(told(simulation).at(-1)).toBe('101 hook first A')
  })

  it('stands through a restart', () => {
    const simulation = start({ spec: ALL_IN_ONE })
    post(simulation, 0, 'A')
    mute(simulation, 10, 100)
    post(simulation, 20, 'B')
    simulation.run(22_000)
    simulation.restart()
    simulation.run(60_000)
    simulation.restart()
    simulation.run(200_000)
    expect(told(simulation)).toEqual(['1 hook first A', '21 hook more-firing B'])
  })

  it.each([
    [{ maintenance: {}, createdBy: ' ' }, {}, 'maintenance needs who it is of: createdBy'],
    [{ maintenance: {}, comment: '' }, {}, 'maintenance needs a reason: comment'],
    [{ comment: '' }, { silenceReasonRequired: true }, 'a silence needs a reason: comment'],
    [{ createdBy: '' }, { silenceReasonRequired: true }, 'a silence needs who it is of: createdBy'],
  ])('%j is refused: %j', (more, options, reason) => {
    const simulation = start({ config: withMore(SPEC, options) })
    mute(simulation, 10, 100, 'A', more)
    expect(simulation.refusals).toEqual([reason])
  })
})

const NIGHT = [{ times: [{ startTime: '02:00', endTime: '03:00' }] }]
const HOUR = 3600

function windows(during: readonly object[] = NIGHT, matchers: readonly string[] = ['alertname="A"']): DispatchConfig {
  const { maintenance } = defineAlerting({
    route: { receiver: 'a' },
    receivers: [{ name: 'a' }],
    boxman: { maintenance: [{ name: 'backup', matchers, during, owner: 'ann', reason: 'nightly' }] },
  })
  return withMore(SPEC, { maintenance })
}

describe('windows of the configuration', () => {
  it('come again, each as a silence that can be seen', () => {
    const simulation = start({ config: windows() })
    for (const day of [0, 1]) {
      post(simulation, day * 24 * HOUR + 2.5 * HOUR, 'A', (day * 24 + 3.5) * HOUR)
    }
    simulation.run(2 * 24 * HOUR * 1000)
    expect(told(simulation).filter((one) => one.includes('first'))).toEqual([
      '10801 hook first A',
      '97201 hook first A',
    ])
    const silences = [...simulation.state.silences.values()].map(({ startsAt, endsAt, createdBy, comment }) => {
      return [startsAt / 1000 / HOUR, endsAt / 1000 / HOUR, createdBy, comment]
    })
    expect(silences).toEqual([
      [2, 3, 'ann', 'nightly'],
      [26, 27, 'ann', 'nightly'],
    ])
    expect(verdicts(simulation)[1]).toBe(
      '9001 hook maintenance: maintenance backup until 1970-01-01T03:00:00.000Z of ann: "nightly"',
    )
  })

  it('begin before what is due at the same moment', () => {
    const simulation = start({ config: windows() })
    post(simulation, 2 * HOUR - 1, 'A')
    simulation.run(2.5 * HOUR * 1000)
    expect(told(simulation)).toEqual([])
  })

  it('one that is open at the start, or over a restart, is the same one; ended by hand it stays over', () => {
    const simulation = start({ config: windows() })
    simulation.run(2.5 * HOUR * 1000)
    simulation.restart()
    const [silence] = simulation.state.silences.values()
    simulation.send({ kind: 'expire-silence', id: silence?.id ?? '' })
    simulation.restart()
    post(simulation, 2.6 * HOUR, 'A', 4 * HOUR)
    simulation.run(3.5 * HOUR * 1000)
    expect(simulation.state.silences.size).toBe(1)
    expect(told(simulation)).toEqual(['9361 hook first A'])
  })

  it('are opened in a state that knows of none', () => {
    const simulation = start({ config: windows() })
    simulation.run(2.5 * HOUR * 1000)
    const saved = simulation.save()
    const wakes = saved.wakes.filter(([key]) => key !== 'calendar ')
    simulation.state = loadState({ ...saved, wakes, silences: [] })
    post(simulation, 2.5 * HOUR, 'A', 9 * HOUR)
    simulation.run(4 * HOUR * 1000)
    expect(told(simulation)).toEqual(['10801 hook first A'])
  })

  it('is over when the configuration has it no more, or otherwise', () => {
    const simulation = start({ config: windows() })
    post(simulation, 2.5 * HOUR, 'A', 9 * HOUR)
    simulation.run(2.6 * HOUR * 1000)
    simulation.config = windows(NIGHT, ['alertname="B"'])
    simulation.send({ kind: 'configured' })
    simulation.run(2.7 * HOUR * 1000)
    expect(told(simulation)).toEqual(['9360 hook first A'])
    const now = 2.7 * HOUR * 1000
    const open = [...simulation.state.silences.values()].filter(({ endsAt }) => endsAt > now)
    expect(open.map(({ matchers }) => matchers.map((one) => one.value))).toEqual([['B']])
  })
})

describe('before a silence ends', () => {
  const config = withMore(
    { route: { ...SPEC.route, routes: [{ receiver: 'team', matchers: ['alertname="A"'], escalation: 'p' }] } },
    {
      silenceExpiryNoticeMs: 60_000,
      escalations: [{ name: 'p', steps: [{ afterMs: 5000, receiver: 'team' }], repeats: 0 }],
    },
  )

  it('those are told once that would be told of what still fires, and that it is over', () => {
    const simulation = start({ config })
    // It does not hide its own notice.
    mute(simulation, 0, 300, 'A', { matchers: [matcher('alertname=~".+"')] })
    post(simulation, 10, 'A')
    simulation.restart()
    simulation.run(400_000)
    expect(told(simulation)).toEqual([
      '241 team first SilenceEndsSoon',
      '301 team all-resolved -SilenceEndsSoon',
      '301 team first A',
      '306 team escalation 0 A',
    ])
    const [alert] = simulation.attempts[0]?.notification.alerts ?? []
    expect(alert?.annotations.toObject()).toEqual({
      summary: 'The silence of ann ends at 1970-01-01T00:05:00.000Z, and 1 of what it hides still fires',
      description: '{alertname="A", n="1"}. Silence m0: "upgrade". Prolong it, or be ready to be told.',
    })
  })

  it.each([
    ['nothing fires', undefined, 300],
    ['it is shorter than the notice', 10, 59],
  ])('nothing is told when %s', (_, fires, ends) => {
    const simulation = start({ config })
    mute(simulation, 0, ends, 'A', {})
    if (fires !== undefined) post(simulation, fires, 'A')
    simulation.run(ends * 1000)
    expect(told(simulation)).toEqual([])
  })

  it('prolonged, the notice is over, and comes again before the new end', () => {
    const simulation = start({ config })
    mute(simulation, 0, 300, 'A', {})
    post(simulation, 10, 'A')
    simulation.run(250_000)
    const silence = simulation.state.silences.get('m0')
    if (silence !== undefined)
      simulation.send({ kind: 'set-silence', silence: { ...silence, endsAt: 500_000 }, newId: 'x' })
    simulation.run(450_000)
    expect(told(simulation)).toEqual([
      '241 team first SilenceEndsSoon',
      '251 team all-resolved -SilenceEndsSoon',
      '441 team first SilenceEndsSoon',
    ])
  })
})

describe('dependencies', () => {
  const { inhibitRules } = defineAlerting({
    route: { receiver: 'a' },
    receivers: [{ name: 'a' }],
    boxman: { dependencies: [{ label: 'alertname', dependsOn: { web: ['api'], api: ['d.b', 'cache'] } }] },
  })
  const config = withMore(SPEC, { inhibitRules })

  it('while the parent fires nobody is told of what depends on it, over others too; the decision says why', () => {
    const simulation = start({ config })
    post(simulation, 0, 'd.b', 50)
    for (const name of ['web', 'api', 'dxb', 'other']) post(simulation, 0.5, name)
    simulation.run(100_000)
    expect(told(simulation)).toEqual([
      '1 hook first d.b',
      '1.5 hook first dxb',
      '1.5 hook first other',
      '51 hook all-resolved -d.b',
      '51.5 hook first api',
    ])
    expect(verdicts(simulation).filter((one) => one.includes('inhibited'))).toEqual([
      '1.5 hook inhibited: inhibited by {alertname="d.b", n="1"}: api depends on d.b',
      '1.5 hook inhibited: inhibited by {alertname="d.b", n="1"}: web depends on d.b (web -> api -> d.b)',
      '51.5 hook inhibited: inhibited by {alertname="api", n="1"}: web depends on api',
    ])
  })
})
