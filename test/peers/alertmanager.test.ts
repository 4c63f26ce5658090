import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, it } from 'vitest'
import type { Notification } from '../../src/alerting/dispatch-types.ts'
import { LabelSet } from '../../src/series/index.ts'
import { type AlertingSpec, alertmanagerConfig, dispatchConfig, matcher } from '../support/alerting-config.ts'
import {
  byReceiver,
  describeAlert,
  type Expected,
  type Input,
  type Scenario,
  SCENARIOS,
} from '../support/alerting-scenarios.ts'
import { Alertmanager } from '../support/alertmanager.ts'
import { Simulation } from '../support/dispatch-simulation.ts'
import { needPeer } from '../support/peer.ts'
import { serve } from '../support/serve.ts'

/** Of a machine with little to spare: a message may be so late, or a start so much off, s. */
const TOLERANCE = 0.6

interface Body {
  readonly receiver: string
  readonly alerts: readonly {
    readonly labels: Readonly<Record<string, string>>
    readonly annotations: Readonly<Record<string, string>>
    readonly status: string
    readonly startsAt: string
    readonly endsAt: string
  }[]
}

/** What a real Alertmanager tells in the time of the scenario, which is real. */
async function play({ spec, inputs, reply, until }: Scenario, binary: string): Promise<Expected[]> {
  const got: Expected[] = []
  const counts = new Map<string, number>()
  let base = 0
  const hear = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const at = (Date.now() - base) / 1000
    const { receiver, alerts } = JSON.parse(await text(request)) as Body
    const nth = counts.get(receiver) ?? 0
    counts.set(receiver, nth + 1)
    const status = reply?.(receiver, nth, at) ?? 200
    response.writeHead(status === 'drop' ? 200 : status, status === 429 ? { 'retry-after': '1' } : {}).end()
    if (status !== 200) return
    const seconds = (time: string): number => (Date.parse(time) - base) / 1000
    const described = alerts.map(({ labels, annotations, status: state, startsAt, endsAt }) =>
      describeAlert(labels, seconds(startsAt), state === 'firing' ? undefined : seconds(endsAt), annotations['ann']),
    )
    got.push({ at, receiver, alerts: described.join(' ') })
  }
  const server = await serve((request, response) => void hear(request, response))
  const alertmanager = await Alertmanager.start(binary, alertmanagerConfig(spec, server.url.origin))
  const silences: string[] = []
  try {
    base = Date.now()
    for (const input of inputs) {
      await sleep(base + input.at * 1000 - Date.now())
      await give(alertmanager, input, base, silences)
    }
    await sleep(base + until * 1000 - Date.now())
  } finally {
    await alertmanager.stop()
    server.close()
  }
  return got
}

async function give(alertmanager: Alertmanager, input: Input, base: number, silences: string[]): Promise<void> {
  const iso = (at: number): string => new Date(base + at * 1000).toISOString()
  if ('post' in input) {
    const alerts = input.post.map(({ labels, note, start, end }) => ({
      labels,
      annotations: note === undefined ? {} : { ann: note },
      ...(start === undefined ? {} : { startsAt: iso(start) }),
      ...(end === undefined ? {} : { endsAt: iso(end) }),
    }))
    await alertmanager.post('/api/v2/alerts', alerts)
  } else if ('silence' in input) {
    const matchers = input.silence.map(matcher).map(({ name, operator, value }) => ({
      name,
      value,
      isRegex: operator.endsWith('~'),
      isEqual: operator.startsWith('='),
    }))
    const silence = { matchers, startsAt: iso(input.from), endsAt: iso(input.to), createdBy: 'ann', comment: 'upgrade' }
    const answer = await alertmanager.post('/api/v2/silences', silence)
    silences.push((JSON.parse(answer) as { silenceID: string }).silenceID)
  } else if ('expire' in input) {
    await alertmanager.post(`/api/v2/silence/${silences[input.expire]}`, undefined, 'DELETE')
  } else if ('restart' in input) await alertmanager.restart()
  else await alertmanager.reload()
}

describe('a message says of itself what a real Alertmanager says', () => {
  it('its key, labels and fingerprints, whatever is in them', { retry: 1 }, async ({ skip, expect }) => {
    const binary = needPeer('prometheus-alertmanager', skip)
    const spec: AlertingSpec = {
      route: {
        wait: 0.1,
        interval: 60,
        groupBy: ['alertname', 'odd', 'absent'],
        routes: [
          { receiver: 'deep', matchers: ['team=~"a|b"', 'alertname!=""'], routes: [{ matchers: ['odd!~"x[.]y"'] }] },
        ],
      },
    }
    const odd = 'Q"uo\\te\n\tñ😀\u0001\u007f<&>\u2028'
    const alerts = ['1', '2'].map((n) => ({
      labels: { alertname: 'A', odd, team: 'b', n, empty: '' },
      annotations: { summary: `${odd}!`, n },
    }))
    const bodies: Promise<string>[] = []
    const server = await serve((request, response) => {
      bodies.push(text(request))
      request.once('end', () => response.end())
    })
    const alertmanager = await Alertmanager.start(binary, alertmanagerConfig(spec, server.url.origin))
    try {
      await alertmanager.post('/api/v2/alerts', alerts)
      while (bodies.length === 0) await sleep(50)
      const theirs = JSON.parse((await bodies[0]) ?? '') as Whole
      const simulation = new Simulation({ config: dispatchConfig(spec) })
      simulation.send({
        kind: 'alerts',
        alerts: alerts.map(({ labels, annotations }) => ({
          labels: LabelSet.of(labels),
          annotations: LabelSet.of(annotations),
        })),
      })
      simulation.run(1000)
      const [attempt] = simulation.attempts
      expect(attempt && wholeOf(attempt.notification)).toEqual(pick(theirs))
    } finally {
      await alertmanager.stop()
      server.close()
    }
  })
})

type Labels = Readonly<Record<string, string>>

interface Whole {
  readonly groupKey: string
  readonly status: string
  readonly receiver: string
  readonly groupLabels: Labels
  readonly commonLabels: Labels
  readonly commonAnnotations: Labels
  readonly alerts: readonly { readonly fingerprint: string; readonly labels: Labels; readonly annotations: Labels }[]
}

function pick({ groupKey, status, receiver, groupLabels, commonLabels, commonAnnotations, alerts }: Whole): Whole {
  const own = alerts.map(({ fingerprint, labels, annotations }) => ({ fingerprint, labels, annotations }))
  return { groupKey, status, receiver, groupLabels, commonLabels, commonAnnotations, alerts: own }
}

function wholeOf({ groupLabels, commonLabels, commonAnnotations, alerts, ...rest }: Notification): Whole {
  return pick({
    ...rest,
    groupLabels: groupLabels.toObject(),
    commonLabels: commonLabels.toObject(),
    commonAnnotations: commonAnnotations.toObject(),
    alerts: alerts.map(({ fingerprint, labels, annotations }) => ({
      fingerprint,
      labels: labels.toObject(),
      annotations: annotations.toObject(),
    })),
  })
}

describe.concurrent('a real Alertmanager tells what the scenarios say', () => {
  it.for(SCENARIOS)('$name', { retry: 1 }, async (scenario, { skip, expect }) => {
    const binary = needPeer('prometheus-alertmanager', skip)
    const got = byReceiver(await play(scenario, binary))
    const wanted = byReceiver(scenario.alertmanager ?? scenario.expected)
    expect(got.map(({ receiver, alerts }) => `${receiver}: ${alerts}`)).toEqual(
      wanted.map(({ receiver, alerts }) => `${receiver}: ${alerts}`),
    )
    for (const [i, { at, to = at }] of wanted.entries()) {
      expect(got[i]?.at).toBeGreaterThan(at - TOLERANCE)
      expect(got[i]?.at).toBeLessThan(to + TOLERANCE)
    }
  })
})
