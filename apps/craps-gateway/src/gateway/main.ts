import { createBoxman } from 'boxman'
import { identify } from 'boxman/tracing'
import { casino, casinoRules, nodeRules, reliabilityRules, RequestMetrics } from 'boxman/packs'
import { WebSocketServer } from 'ws'
import { type Summary, summarize } from '../summary.ts'
import { BetTraces } from './bet-traces.ts'
import { House } from './house.ts'
import { readOptions } from './options.ts'
import { pagingConfig } from './paging.ts'
import { addRoutes, createApp } from './routes.ts'
import { serveSockets } from './sockets.ts'
import { createCommittee, createProposer, observeRounds } from './validators.ts'

/** What the gateway tells the process that started it. */
export type GatewayMessage =
  | {
      readonly type: 'ready'
      readonly url: string
      readonly adminUrl: string
      /** The kinds of channels that are told of alerts. */
      readonly tells: readonly string[]
    }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'summary'; readonly summary: Summary }

const SUMMARY_EVERY_MS = 1000
/** How long the bets that wait at a shutdown may take to be rolled. */
const LAST_ROLLS_MS = 5000

function tell(message: GatewayMessage): void {
  if (process.connected) process.send?.(message)
}

async function main(): Promise<void> {
  const options = readOptions(process.env)
  const boxman = await createBoxman({
    service: 'craps-gateway',
    version: '0.1.0',
    admin: { port: options.adminPort },
    http: { metrics: 'bitcraps' },
    tracing: { openTelemetry: false },
    alerting: { config: pagingConfig(options.paging) },
  })
  const craps = boxman.use(casino())
  // Rules that are stated, by BOXMAN_RULES say, stand in place of the ready ones.
  if (boxman.config.rules === undefined) {
    await boxman.rules?.define('casino', casinoRules())
    await boxman.rules?.define('node', nodeRules())
    await boxman.rules?.define('reliability', reliabilityRules())
  }
  const log = boxman.logger('gateway')

  const app = createApp()
  // Beside its own names those of any service, `http_requests_total` and its like.
  const own = boxman.config.http.metrics === 'bitcraps'
  boxman.instrument.fastify(app, own ? { record: new RequestMetrics(boxman.metrics).record } : {})
  const sockets = new WebSocketServer({ server: app.server, path: '/ws', maxPayload: 4096 })
  // It repeats the errors of the HTTP server, which app.listen reports.
  sockets.on('error', () => undefined)
  const topics = boxman.instrument.webSocket(sockets, { recorder: craps.gateway.sockets })

  const committee = createCommittee(
    options,
    boxman.instrument.fetch(fetch, { record: (call) => craps.network.latency(call.durationMs) }),
  )
  const onRound = observeRounds(craps, boxman.node.errors)
  const traces = new BetTraces(boxman.tracer)
  const house = new House({
    tables: Array.from({ length: options.tables }, (_, i) => `T${i + 1}`),
    batchMs: options.batchMs,
    proposerFor: (tableId) => createProposer(tableId, committee, options.forkShare, traces, onRound),
    traces,
    craps,
    errors: boxman.node.errors,
    publish: (topic, event) => topics.publish(topic, { topic, ...event }),
  })
  serveSockets(sockets, topics, (topic) => topic === 'proofs' || house.tables.has(topic.replace(/^table:/, '')))
  addRoutes(app, {
    house,
    errors: boxman.node.errors,
    identify,
    validators: {
      quorum: committee.validators.quorum,
      keys: Object.fromEntries(options.validators.map(({ name, publicKey }) => [name, publicKey])),
    },
  })
  boxman.health.check({
    name: 'validators',
    critical: true,
    // It asks nobody, and so can be asked each time.
    cacheMs: 0,
    run: () => {
      const lost = [...house.tables.values()].filter((table) => !table.hasQuorum)
      if (lost.length > 0) throw new Error(`no quorum at ${lost.map(({ tableId }) => tableId).join(', ')}`)
    },
  })

  let stopping = false
  const stop = async (): Promise<void> => {
    if (stopping) return
    stopping = true
    clearInterval(timer)
    boxman.drain()
    await house.close(LAST_ROLLS_MS)
    committee.close()
    for (const socket of sockets.clients) socket.close(1001, 'the gateway is closing')
    sockets.close()
    await app.close()
    await boxman.stop()
  }
  const end = (): void => {
    stop().then(leave, fail)
  }

  let before = await boxman.metrics.collect()
  let beforeAt = performance.now()
  const summary = async (): Promise<void> => {
    const after = await boxman.metrics.collect()
    const afterAt = performance.now()
    tell({ type: 'summary', summary: summarize(before, after, afterAt - beforeAt) })
    before = after
    beforeAt = afterAt
  }
  const timer = setInterval(
    () => void summary().catch((error: unknown) => log.warn({ err: error }, 'no summary')),
    SUMMARY_EVERY_MS,
  )

  try {
    const url = await app.listen({ host: options.host, port: options.port })
    log.info({ url, adminUrl: boxman.admin.url }, 'The gateway is open')
    const kinds = boxman.alerting?.config.receivers.flatMap(({ integrations }) => integrations.map(({ kind }) => kind))
    tell({ type: 'ready', url, adminUrl: boxman.admin.url ?? '', tells: [...new Set(kinds)] })
  } catch (error) {
    await stop()
    throw error
  }
  house.running.catch(fail)

  // In a terminal Ctrl-C reaches every process of the group: the launcher decides who stops when.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', end)
  process.on('disconnect', end)
}

/** What is still open, such as the channel to the launcher, would keep the process alive. */
function leave(): void {
  if (process.connected) process.disconnect()
}

function fail(error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error)
  process.stderr.write(`gateway: ${reason}\n`)
  process.exitCode = 1
  if (process.connected) process.send?.({ type: 'failed', reason } satisfies GatewayMessage, () => process.exit())
  else process.exit()
}

await main().catch(fail)
