import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Kafka, logLevel } from 'kafkajs'
import { LRUCache } from 'lru-cache'
import Memcached from 'memcached'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { portOf } from '../../test/support/port-of.ts'
import { type Boxman, createBoxman } from './index.ts'
import { libraryFinder } from './find-library.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function start(cwd = tmpdir()): Promise<{ boxman: Boxman; lines: string[]; page: () => Promise<string> }> {
  const lines: string[] = []
  const host = { env: {}, cwd, logDestination: { write: (line: string) => void lines.push(line) } }
  const boxman = await createBoxman({ service: 'films', admin: { port: 0 } }, host)
  closing.push(() => boxman.stop())
  return { boxman, lines, page: async () => (await fetch(`${boxman.admin.url}/metrics`)).text() }
}

describe('boxman.instrument', () => {
  it('outgoing: requests sent end in http_client_*, until stop', async () => {
    const { boxman, page } = await start()
    const server = createServer((_, response) => response.setHeader('x-service-duration', '2').end('ok'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    const url = `http://127.0.0.1:${portOf(server)}`
    const statuses: number[] = []
    boxman.instrument.outgoing({ record: ({ status }) => statuses.push(status) })
    await (await fetch(url)).text()
    const series = `method="GET",target="${new URL(url).host}"`
    const text = await page()
    expect(text).toContain(`http_client_requests_total{${series},status="200"} 1`)
    expect(text).toContain(`http_client_request_duration_seconds_count{${series}} 1`)
    expect(text).toContain(`http_client_service_duration_seconds_sum{target="${new URL(url).host}"} 0.002`)
    await boxman.stop()
    const before = statuses.length
    await (await fetch(url)).text()
    expect(statuses).toHaveLength(before)
  })

  it('cache and caches: look-ups end in cache_*; what is no cache is told in one line', async () => {
    const { boxman, lines, page } = await start()
    boxman.instrument.caches()
    const named = new LRUCache<string, number>({ max: 1 })
    const undo = boxman.instrument.cache(named, { name: 'posters' })
    boxman.instrument.cache({}, { name: 'nothing' })
    for (const cache of [named, new LRUCache<string, number>({ max: 1 })]) {
      cache.get('a')
      cache.set('a', 1)
      for (let i = 0; i < 3; i++) cache.get('a')
      cache.set('b', 1)
    }
    undo()
    const text = await page()
    for (const type of ['posters', 'lru-cache']) {
      expect(text).toContain(`cache_hits_total{cache_type="${type}"} 3`)
      expect(text).toContain(`cache_misses_total{cache_type="${type}"} 1`)
      expect(text).toContain(`cache_evictions_total{cache_type="${type}"} 1`)
      expect(text).toContain(`cache_hit_rate{cache_type="${type}"} 0.75`)
    }
    expect(lines.filter((line) => line.includes('the cache nothing is none of'))).toHaveLength(1)
  })

  it('pool: read in the background, all together; what is undone no longer counts', async () => {
    const { boxman, lines, page } = await start()
    const main = { totalCount: 3, idleCount: 1, waitingCount: 2 }
    boxman.instrument.pool(main, { name: 'main' })
    const undo = boxman.instrument.pool({ totalCount: 5, idleCount: 5, waitingCount: 0 }, { name: 'reports' })
    boxman.instrument.pool({}, { name: 'nothing' })
    boxman.instrument.sweep(0)
    for (const sample of ['active 2', 'idle 6', 'waiting 2'])
      expect(await page()).toContain(`db_connections_${sample}\n`)
    main.waitingCount = 7
    undo()
    boxman.instrument.sweep(0)
    for (const sample of ['active 2', 'idle 1', 'waiting 7'])
      expect(await page()).toContain(`db_connections_${sample}\n`)
    expect(
      lines.filter((line) => line.includes('the pool nothing is none of pg, mysql2, knex and mongodb')),
    ).toHaveLength(1)
  })

  it('databases: a connection that is refused ends in db_connect_*; undone it does not', async () => {
    const { boxman, page } = await start(fileURLToPath(new URL('../..', import.meta.url)))
    const undo = boxman.instrument.databases()
    const refused = async (): Promise<unknown> => new pg.Client({ host: '127.0.0.1', port: 1 }).connect().catch(String)
    await refused()
    expect(await page()).toContain('db_connect_errors_total{system="postgresql"} 1')
    undo()
    await refused()
    expect(await page()).toContain('db_connect_errors_total{system="postgresql"} 1')
  })

  it('mongodb: what its command monitoring tells ends in db_query_*', async () => {
    const { boxman, page } = await start()
    const client = new EventEmitter()
    boxman.instrument.mongodb(client)
    client.emit('commandSucceeded', { commandName: 'find', duration: 500, reply: {} })
    expect(await page()).toContain('db_query_duration_seconds_sum{system="mongodb",operation="find"} 0.5')
  })

  it('queues: messages sent end in messaging_*, until the undo; none that is installed is told in one line', async () => {
    const { boxman, page } = await start(fileURLToPath(new URL('../..', import.meta.url)))
    const undo = boxman.instrument.queues()
    const producer = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING }).producer()
    const send = async (): Promise<unknown> =>
      producer.send({ topic: 'films', messages: [{ value: '1' }, { value: '2' }] }).catch(String)
    expect(await send()).toMatch('disconnected')
    const sent =
      'messaging_client_sent_messages_total{messaging_system="kafka",messaging_destination_name="films",messaging_operation_name="send",error_type="KafkaJSError"} 2\n'
    expect(await page()).toContain(sent)
    undo()
    await send()
    expect(await page()).toContain(sent)
    const elsewhere = await start()
    elsewhere.boxman.instrument.queues()
    expect(elsewhere.lines.filter((line) => line.includes('neither bullmq nor kafkajs is installed'))).toHaveLength(1)
  })

  it('queue: its jobs are counted in the background, until the undo', async () => {
    const { boxman, page } = await start()
    const undo = boxman.instrument.queue({ name: 'films', getJobCounts: async () => ({ waiting: 3, active: 1 }) })
    boxman.instrument.sweep(0)
    const series = 'messaging_queue_jobs{messaging_system="bullmq",messaging_destination_name="films"'
    await expect.poll(page).toContain(`${series},state="waiting"} 3\n${series},state="active"} 1\n`)
    undo()
    expect(await page()).not.toContain(series)
  })

  it('prisma: what its extension sees ends in db_query_*, until the undo', async () => {
    const { boxman, page } = await start()
    const { extension, undo } = boxman.instrument.prisma()
    const find = async (): Promise<unknown> =>
      extension.query.$allOperations({ model: 'Film', operation: 'findMany', args: {}, query: async () => [1, 2] })
    expect(await find()).toEqual([1, 2])
    undo()
    await find()
    const text = await page()
    expect(text).toContain('db_query_duration_seconds_count{system="prisma",operation="findMany"} 1\n')
    expect(text).toContain('db_query_rows_total{system="prisma",operation="findMany"} 2\n')
  })

  it('finds what is installed, and nothing else', () => {
    const find = libraryFinder(fileURLToPath(new URL('../..', import.meta.url)))
    expect(find('memcached')).toMatchObject({ version: '2.2.2' })
    expect(find('memcached')?.load()).toBe(Memcached)
    expect(find('not-there-at-all')).toBeUndefined()
  })
})
