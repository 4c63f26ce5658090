import { beforeAll, describe, expect, it } from 'vitest'
import { T0 } from '../../../test/support/read-all.ts'
import { Registry } from '../../metrics/index.ts'
import {
  apiService,
  casino,
  DatabaseMetrics,
  type Dashboard,
  GatewayRequests,
  type HttpNames,
  media,
  MessagingMetrics,
  node,
  OtelHttpMetrics,
  OutgoingMetrics,
  overviewDashboard,
  type Panel,
  PromBundleMetrics,
  RequestMetrics,
  RuntimeMetrics,
  WebSocketMetrics,
} from '../../packs/index.ts'
import { Engine, type QueryResult } from '../../promql/index.ts'
import { openTsdb } from '../../tsdb/index.ts'
import { OwnScrape } from '../scrape/own/own-scrape.ts'
import { shownDashboards } from './shown-dashboards.ts'

const STEP = 15_000
const ROUNDS = 5
const NAMES: readonly HttpNames[] = ['bitcraps', 'media', 'otel', 'prom-bundle']
const PACKS = [casino(), media(), apiService()]

/** Everything that a service can have, told to the packs' own verbs; each call of what is returned tells it once more. */
function recorders(registry: Registry, http: HttpNames): (at: number) => void {
  const system = node().install(registry)
  const runtime = new RuntimeMetrics(registry, () => ({
    eventLoop: {
      active: true,
      averageLagMs: 1,
      p50LagMs: 1,
      p95LagMs: 2,
      p99LagMs: 3,
      maxLagMs: 4,
      utilization: 0.1,
    },
    heap: { usedBytes: 1, totalBytes: 2, limitBytes: 3, externalBytes: 1, spaces: [] },
    activeResources: new Map(),
  }))
  const messages = { sent: { text: 1, binary: 0 }, received: { text: 1, binary: 0 } }
  const bytes = { sent: 10, received: 10 }
  const sockets = new WebSocketMetrics(registry, () => ({
    totals: {
      open: 1,
      opened: 1,
      closed: new Map(),
      messages,
      payloadBytes: bytes,
      wireBytes: bytes,
      handshakeFailures: new Map(),
    },
    bufferedBytes: 0,
    worstBufferedBytes: [],
  }))
  const { gateway, network, consensus, gaming, fairness } = casino().install(registry)
  const security = apiService().install(registry)
  const database = new DatabaseMetrics(registry)
  const outgoing = new OutgoingMetrics(registry)
  const queue = new MessagingMetrics(registry)
  const request = requestsOf(registry, http)
  // With express-prom-bundle's names its histogram would have the labels of another.
  const films = http === 'prom-bundle' ? undefined : media().install(registry)
  return (at) => {
    system.record({ cpuPercent: 20, memoryBytes: 1e8, uptimeSeconds: 60 })
    system.errors.record(new Error('no'), { category: 'gaming', at })
    runtime.gc('minor', 1)
    for (const status of [200, 404, 500]) request(status)
    sockets.handshake('server', 2)
    network.connections(2)
    network.sent(10)
    network.received(10)
    consensus.proposalAccepted(20)
    consensus.proposalRejected()
    consensus.forked()
    gateway.ingressToProof(300)
    gateway.sockets.subscribers('proofs', 2)
    gateway.sockets.delivered('proofs', 3)
    gaming.gameStarted()
    gaming.gameEnded(5000)
    gaming.betPlaced({ playerId: 'ann', amount: 10, at })
    gaming.betSettled({ playerId: 'ann', stake: 10, payout: 5, at })
    for (let i = 0; i < 72; i++) fairness.roll((i % 6) + 1, (Math.floor(i / 6) % 6) + 1)
    database.call({ system: 'postgresql', operation: 'SELECT', durationMs: 3 })
    outgoing.record({ method: 'GET', host: 'wallet:80', status: 200, durationMs: 10 })
    queue.sent({ system: 'kafka', destination: 'bets', count: 1, durationMs: 5 })
    queue.processed({ system: 'kafka', destination: 'bets', count: 1, durationMs: 5, waitsMs: [10] })
    queue.lag({ system: 'kafka', destination: 'bets', group: 'house', partition: 0 }, 3)
    queue.depth({ system: 'bullmq', destination: 'mails', jobs: { waiting: 2 } })
    security.authenticated('token')
    security.authenticationFailed({ method: 'token', reason: 'unknown', source: '1', at })
    security.rateLimited({ limit: 'sessions', source: '1', at })
    security.signatureInvalid({ method: 'webhook', source: '1', at })
    if (films === undefined) return
    films.connections.set(3)
    films.pool.set({ active: 1, idle: 2, waiting: 0 })
    films.caches.hit('posters')
    films.caches.miss('posters')
    films.caches.evicted('posters')
    films.discovery.searched({ kind: 'text', outcome: 'found' })
    films.discovery.recommended('similar', 3)
    films.discovery.vectorQueried('search', 3)
    films.playback.started(500)
    films.playback.bitrateChanged(480, 720)
    films.playback.buffered(300)
    films.ingestion.uploaded({ kind: 'film', bytes: 100 })
    films.ingestion.processed({ kind: 'film', durationMs: 100 })
    films.ingestion.metadataExtracted({ kind: 'film', durationMs: 100 })
  }
}

function requestsOf(registry: Registry, http: HttpNames): (status: number) => void {
  const request = { method: 'GET', route: '/films/:id', durationMs: 20 }
  switch (http) {
    case 'bitcraps': {
      const [own, other] = [new GatewayRequests(registry), new RequestMetrics(registry)]
      return (status) => {
        own.record(request)
        other.record({ ...request, status })
      }
    }
    case 'media': {
      const { record } = new RequestMetrics(registry)
      return (status) => record({ ...request, status })
    }
    case 'otel': {
      const { opened, record } = new OtelHttpMetrics(registry)
      return (status) => {
        opened({ method: 'GET', scheme: 'http' })
        record({ ...request, status, scheme: 'http', aborted: false, protocolVersion: '1.1' })
      }
    }
    case 'prom-bundle': {
      const { record } = new PromBundleMetrics(registry)
      return (status) => record({ ...request, status })
    }
  }
}

function exprsOf(panel: Panel): readonly string[] {
  if (panel.kind === 'list') return []
  if (panel.kind === 'heatmap') return [panel.expr]
  const reference = panel.kind === 'bars' && panel.reference !== undefined ? [panel.reference] : []
  return [...panel.queries, ...reference].map(({ expr }) => expr)
}

const panelsOf = (dashboards: readonly Dashboard[]): readonly (readonly [name: string, panel: Panel])[] =>
  dashboards.flatMap(({ id, rows }) =>
    rows.flatMap(({ title, panels }) => panels.map((panel) => [`${id}: ${title}: ${panel.title}`, panel] as const)),
  )

const dashboardsOf = (http: HttpNames): readonly Dashboard[] => [
  overviewDashboard({ http }),
  ...PACKS.flatMap(({ dashboards = [] }) => dashboards),
]

describe.each(NAMES)('under the names of %s', (http) => {
  let ask: (expr: string) => Promise<QueryResult>

  beforeAll(async () => {
    const registry = new Registry()
    const tell = recorders(registry, http)
    const store = await openTsdb()
    const target = { job: 'craps', instance: 'h:9090' }
    const own = new OwnScrape({ registry, store, target, now: () => 0, pause: () => Promise.resolve() })
    for (let round = 1; round <= ROUNDS; round++) {
      tell(T0 + round * STEP)
      await own.run(T0 + round * STEP)
    }
    const engine = new Engine({ queryable: store })
    ask = (expr) => engine.instant(expr.replaceAll('$__rate_interval', '1m'), T0 + ROUNDS * STEP)
  })

  it('every expression of every panel that is shown has an answer', async () => {
    const failed: string[] = []
    for (const [name, panel] of panelsOf(await shownDashboards(dashboardsOf(http), ask))) {
      for (const expr of exprsOf(panel)) {
        const result = await ask(expr)
        if (!result.ok) failed.push(`${name}: ${expr}: ${result.error.message}`)
        else if (result.value.type !== 'vector') failed.push(`${name}: ${expr}: a ${result.value.type}`)
        else if (!result.value.samples.some(({ value }) => typeof value === 'number' && !Number.isNaN(value))) {
          failed.push(`${name}: ${expr}: nothing`)
        }
      }
    }
    expect(failed).toEqual([])
  })

  it('nothing is left out of a service that has everything', async () => {
    if (http === 'prom-bundle') return
    const shown = panelsOf(await shownDashboards(dashboardsOf(http), ask)).map(([name]) => name)
    expect(shown).toEqual(panelsOf(dashboardsOf(http)).map(([name]) => name))
  })
})

describe('definitions', () => {
  const all = [
    ...NAMES.map((http) => overviewDashboard({ http })),
    ...PACKS.flatMap(({ dashboards = [] }) => dashboards),
  ]

  it.each(panelsOf(all))('%s says what it is of, in which unit, and when to worry', (_, panel) => {
    expect(panel.title).not.toBe('')
    expect(panel.description?.length).toBeGreaterThan(10)
    expect(panel.kind === 'list' || panel.unit !== undefined).toBe(true)
    expect(panel.width ?? 8).toBeLessThanOrEqual(24)
    const steps = (panel.thresholds ?? []).map(({ from = -Infinity }) => from)
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  })

  it('a page, and a row of it, has each title once', () => {
    for (const { rows } of all) {
      const titles = rows.map(({ title }) => title)
      expect(new Set(titles).size).toBe(titles.length)
      for (const { panels } of rows) expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
    }
    const ids = PACKS.flatMap(({ dashboards = [] }) => dashboards).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
