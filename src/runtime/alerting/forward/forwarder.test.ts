import { readFile } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificates } from '../../../../test/support/certificates.ts'
import { listen, type Receiver, type Reply } from '../../../../test/support/receiver.ts'
import type { OutgoingAlert } from '../../../alerting/index.ts'
import { createLogger, createRedactor } from '../../../logging/index.ts'
import { expose, Registry } from '../../../metrics/index.ts'
import { LabelSet } from '../../../series/index.ts'
import { Forwarder, type Forwarding } from './forwarder.ts'
import { type ForwardTarget, peerOf } from './peers.ts'

interface House {
  readonly forwarder: Forwarder
  readonly lines: string[]
  /** Moves its clock. */
  readonly pass: (ms: number) => void
  readonly metric: (name: string) => Promise<number>
  readonly configure: (targets: readonly ForwardTarget[], own?: Partial<Forwarding>) => void
}

const START = Date.parse('2026-03-01T12:00:00Z')

function open(targets: readonly ForwardTarget[], own: Partial<Forwarding> = {}): House {
  const lines: string[] = []
  const metrics = new Registry({ now: Date.now, monotonicNow: () => performance.now() })
  const redactor = createRedactor()
  let now = START
  const forwarder = new Forwarder({
    metrics,
    log: createLogger({
      service: 'test',
      now: Date.now,
      destination: { write: (line: string) => void lines.push(line) },
    }),
    now: () => now,
    redact: (text) => redactor.text(text),
    url: () => 'https://ops.example/boxman',
  })
  const configure: House['configure'] = (wanted, more = {}) =>
    forwarder.configure({
      peers: wanted.map((target) => peerOf(target, '/')),
      externalLabels: LabelSet.EMPTY,
      relabel: [],
      ...more,
    })
  configure(targets, own)
  onTestFinished(() => forwarder.stop(0))
  return {
    forwarder,
    lines,
    configure,
    pass: (ms) => (now += ms),
    metric: async (name) => {
      const pieces: Uint8Array[] = []
      for await (const piece of expose(metrics).body) pieces.push(piece)
      const line = Buffer.concat(pieces)
        .toString()
        .split('\n')
        .find((each) => each.startsWith(`boxman_alerting_forward_${name} `))
      return Number(line?.split(' ').at(-1))
    },
  }
}

function alert(name: string, own: Partial<OutgoingAlert> = {}): OutgoingAlert {
  return {
    labels: LabelSet.of({ alertname: name }),
    annotations: LabelSet.of({ summary: `${name} is on` }),
    value: 1,
    activeAt: START,
    startsAt: START,
    endsAt: START + 240_000,
    resolved: false,
    isNews: true,
    ...own,
  }
}

interface Posted {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAt: string
  readonly endsAt: string
  readonly generatorURL: string
}

const batches = ({ received }: Receiver): Posted[][] => received.map(({ body }) => JSON.parse(body) as Posted[])
const names = (posted: readonly Posted[]): (string | undefined)[] => posted.map(({ labels }) => labels['alertname'])

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

describe('forwarding', () => {
  it('posts what Alertmanager takes, below the path of each, with labels of our own where an alert has none', async () => {
    const peers = [await listen(), await listen()] as const
    const { forwarder, metric } = open([{ url: `${peers[0].url}/am/` }, { url: peers[1].url }], {
      externalLabels: LabelSet.of({ dc: 'north', alertname: 'x' }),
    })
    forwarder.send([alert('A'), alert('B', { resolved: true, endsAt: START + 1 })], 'up == 0 and on() (hour() > 3)')
    for (const peer of peers) {
      await until(() => peer.received.length === 1)
      expect(batches(peer)).toEqual([
        [
          {
            labels: { alertname: 'A', dc: 'north' },
            annotations: { summary: 'A is on' },
            startsAt: '2026-03-01T12:00:00.000Z',
            endsAt: '2026-03-01T12:04:00.000Z',
            generatorURL:
              'https://ops.example/boxman/graph?g0.expr=up+%3D%3D+0+and+on%28%29+%28hour%28%29+%3E+3%29&g0.tab=1',
          },
          expect.objectContaining({ labels: { alertname: 'B', dc: 'north' }, endsAt: '2026-03-01T12:00:00.001Z' }),
        ],
      ])
    }
    expect(peers.map(({ received }) => received[0]?.path)).toEqual(['/am/api/v2/alerts', '/api/v2/alerts'])
    await until(async () => (await metric(`sent_total{peer="${peers[0].url}/am"}`)) === 2)
    expect(await metric(`queue{peer="${peers[1].url}"}`)).toBe(0)
  })

  it('O18: no secret leaves', async () => {
    const peer = await listen()
    const { forwarder } = open([{ url: peer.url }])
    const secret = ['sk', 'live', 'Zx81kQm2Vb90LpTr47'].join('_')
    forwarder.send([alert('A', { annotations: LabelSet.of({ summary: `password=${secret}` }) })], 'up')
    await until(() => peer.received.length === 1)
    expect(peer.received[0]?.body).toContain('[redacted]')
    expect(peer.received[0]?.body).not.toContain(secret)
  })

  it.each<readonly [string, ForwardTarget, string | undefined]>([
    ['a token', { url: '', token: 'abc' }, 'Bearer abc'],
    ['a user', { url: '', username: 'ann', password: 'pw' }, `Basic ${Buffer.from('ann:pw').toString('base64')}`],
    ['a header', { url: '', headers: { 'x-scope-orgid': 'ops' } }, undefined],
  ])('says who it is: %s', async (_, target, authorization) => {
    const peer = await listen()
    const { forwarder } = open([{ ...target, url: peer.url }])
    forwarder.send([alert('A')], 'up')
    await until(() => peer.received.length === 1)
    const headers = peer.received[0]?.headers
    expect([headers?.authorization, headers?.['x-scope-orgid']]).toEqual([authorization, target.headers && 'ops'])
  })

  it('over TLS: by an authority of its own, and not without', async ({ skip }) => {
    const { ca, cert, key } = makeCertificates(skip)
    const peer = await listen([{ status: 200 }], {
      cert: await readFile(cert, 'utf8'),
      key: await readFile(key, 'utf8'),
    })
    const { forwarder, metric, configure } = open([{ url: peer.url }])
    forwarder.send([alert('A')], 'up')
    await until(async () => (await metric(`failures_total{peer="${peer.url}"}`)) > 0)
    expect(peer.received).toEqual([])
    configure([{ url: peer.url, ca }])
    forwarder.send([alert('A')], 'up')
    await until(() => peer.received.length === 1)
  })

  it.each<readonly [Reply]>([
    [{ status: 503 }],
    [{ status: 429, headers: { 'retry-after': '1' } }],
    ['reset'],
    [{ status: 404 }],
  ])(
    'what fails (%j) is sent again, in order and with what is known by then; the others are not kept waiting',
    async (reply) => {
      const [peer, other] = [await listen([reply, { status: 200 }]), await listen()]
      const { forwarder, metric } = open([{ url: peer.url }, { url: other.url }])
      forwarder.send([alert('A'), alert('B')], 'up')
      await until(() => peer.received.length === 1 && other.received.length === 1)
      forwarder.send([alert('C'), alert('A', { endsAt: START + 1, resolved: true })], 'up')
      await until(() => batches(peer).flat().length >= 5)
      const [first = [], ...rest] = batches(peer)
      expect(names(first)).toEqual(['A', 'B'])
      expect(names(rest.flat()).slice(0, 3)).toEqual(['A', 'B', 'C'])
      expect(rest.flat()[0]?.endsAt).toBe('2026-03-01T12:00:00.001Z')
      expect(await metric(`failures_total{peer="${other.url}"}`)).toBe(0)
    },
  )

  it('what is refused for good is dropped, counted and said; the next is sent', async () => {
    const peer = await listen([{ status: 400, body: 'bad label' }, { status: 200 }])
    const { forwarder, metric, lines } = open([{ url: peer.url }])
    forwarder.send([alert('A')], 'up')
    await until(async () => (await metric(`dropped_total{peer="${peer.url}",reason="refused"}`)) === 1)
    forwarder.send([alert('B')], 'up')
    await until(() => peer.received.length === 2)
    expect(names(batches(peer).flat())).toEqual(['A', 'B'])
    expect(lines.filter((line) => line.includes('HTTP 400 bad label'))).toHaveLength(1)
  })

  it('a peer that is down: the end of one and the beginning of the next are kept, what has run out is not', async () => {
    const peer = await listen(['silence', { status: 200 }])
    const { forwarder, metric, pass } = open([{ url: peer.url, timeoutMs: 50 }])
    forwarder.send([alert('A'), alert('Old', { endsAt: START + 1000 })], 'up')
    await until(() => peer.received.length === 1)
    forwarder.send([alert('A', { endsAt: START + 5, resolved: true })], 'up')
    forwarder.send([alert('A', { startsAt: START + 10, endsAt: START + 500_000 })], 'up')
    pass(2000)
    await until(() => peer.received.length === 2)
    const after = batches(peer)[1] ?? []
    expect(names(after)).toEqual(['A', 'A'])
    expect(after.map(({ startsAt }) => Date.parse(startsAt) - START)).toEqual([0, 10])
    expect(await metric(`dropped_total{peer="${peer.url}",reason="expired"}`)).toBe(1)
  })

  it('keeps 10 000 alerts, the latest, and sends them 256 at a time', async () => {
    const peer = await listen(['reset', { status: 200 }])
    const { forwarder, metric } = open([{ url: peer.url }])
    forwarder.send(
      Array.from({ length: 10_100 }, (_, i) => alert(`A${i}`)),
      'up',
    )
    await until(async () => (await metric(`sent_total{peer="${peer.url}"}`)) === 10_000)
    expect(await metric(`dropped_total{peer="${peer.url}",reason="full"}`)).toBe(100)
    const sent = batches(peer)
    expect(names(sent.slice(1).flat())[0]).toBe('A100')
    expect(Math.max(...sent.map(({ length }) => length))).toBe(256)
  })

  it('one that is the same goes on undisturbed; one that is gone is told no more', async () => {
    const [peer, other] = [await listen(), await listen()]
    const { forwarder, configure, metric } = open([{ url: peer.url }])
    forwarder.send([alert('A')], 'up')
    await until(async () => (await metric(`sent_total{peer="${peer.url}"}`)) === 1)
    configure([{ url: peer.url }, { url: other.url }])
    expect(await metric(`sent_total{peer="${peer.url}"}`)).toBe(1)
    configure([{ url: other.url }])
    forwarder.send([alert('B')], 'up')
    await until(() => other.received.length === 1)
    expect(peer.received).toHaveLength(1)
    expect(await metric(`sent_total{peer="${peer.url}"}`)).toBeNaN()
  })

  it('the end: what waits is still sent', async () => {
    const peer = await listen()
    const { forwarder } = open([{ url: peer.url }])
    forwarder.send([alert('A')], 'up')
    await forwarder.stop(5000)
    expect(names(batches(peer).flat())).toEqual(['A'])
  })

  it('says that nobody is reached only when none of them has been for a while', async () => {
    const [peer, other] = [await listen(['reset']), await listen()]
    const { forwarder, pass, metric, configure } = open([{ url: peer.url }, { url: other.url }])
    forwarder.send([alert('A')], 'up')
    await until(async () => (await metric(`failures_total{peer="${peer.url}"}`)) > 0)
    pass(200_000)
    expect(forwarder.fault).toBeUndefined()
    configure([{ url: peer.url }])
    expect(forwarder.fault).toMatch(/no Alertmanager/)
  })
})
