import { once } from 'node:events'
import { createServer } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { portOf } from '../../../test/support/port-of.ts'
import { lineOf, quickSink } from '../../../test/support/sinks.ts'

interface Stream {
  readonly stream: Readonly<Record<string, string>>
  readonly values: readonly (readonly [time: string, line: string])[]
}

interface Loki {
  readonly url: string
  readonly streams: Stream[]
  readonly tenants: unknown[]
  readonly statuses: number[]
}

/** As Loki answers: 204, or 400 with a reason for what it would not take. */
async function startLoki(): Promise<Loki> {
  const loki: Loki = { url: '', streams: [], tenants: [], statuses: [] }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const status = loki.statuses.shift() ?? 204
      const body = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as { streams: Stream[] }
      const labels = body.streams.map(({ stream }) => JSON.stringify(stream))
      const fine =
        request.url === '/loki/api/v1/push' &&
        request.headers['content-type'] === 'application/json' &&
        new Set(labels).size === labels.length &&
        body.streams.every(({ values }) => values.every(([time, line]) => /^\d{19}$/.test(time) && line !== ''))
      if (status === 204 && fine) {
        loki.streams.push(...body.streams)
        loki.tenants.push(request.headers['x-scope-orgid'])
      }
      response.writeHead(fine ? status : 400).end(status === 204 ? '' : 'entry too far behind')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { ...loki, url: `http://127.0.0.1:${portOf(server)}` }
}

it('lines to Loki are streams by level, in their order', async () => {
  const loki = await startLoki()
  loki.statuses.push(429, 500, 503)
  const options = { kind: 'loki', url: loki.url, tenant: 'casino', labels: { app: 'gateway' } } as const
  const sink = await quickSink(options, { now: () => 1_700_000_000_123.9 })
  sink.write(lineOf(0), 'info')
  sink.write(lineOf(1), 'error')
  sink.write(lineOf(2), 'info')
  await sink.stop(5000)
  const time = '1700000000123'
  expect(loki.streams).toEqual([
    {
      stream: { app: 'gateway', level: 'info' },
      values: [
        [`${time}000000`, lineOf(0).trim()],
        [`${time}000002`, lineOf(2).trim()],
      ],
    },
    { stream: { app: 'gateway', level: 'error' }, values: [[`${time}000001`, lineOf(1).trim()]] },
  ])
  expect(loki.tenants).toEqual(['casino'])
  expect(sink.stats).toMatchObject({ sent: 3, retried: { throttled: 3, server: 6 } })
})

it('lines that Loki refuses are counted, and what it said is told', async () => {
  const loki = await startLoki()
  loki.statuses.push(400)
  const told: (string | undefined)[] = []
  const sink = await quickSink({ kind: 'loki', url: loki.url }, { onState: (_, detail) => void told.push(detail) })
  sink.write(lineOf(0), 'info')
  await sink.flush(5000)
  sink.write(lineOf(1), 'info')
  await sink.stop(5000)
  expect(sink.stats).toMatchObject({ queued: 2, sent: 1, dropped: { rejected: 1 } })
  expect(told).toEqual(['HTTP 400: entry too far behind', undefined])
})
