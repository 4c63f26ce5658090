import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openTsdb } from '../../src/tsdb/index.ts'
import { otlpProtobuf } from '../support/otlp.ts'
import { needPeer } from '../support/peer.ts'
import { samplesOf, startPrometheus } from '../support/remote-prometheus.ts'
import { serveStore } from '../support/serve-store.ts'

const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const each of undo.splice(0).toReversed()) await each()
})

const text = (key: string, stringValue: string): unknown => ({ key, value: { stringValue } })

/** One of everything. */
function everything(at: number): { resourceMetrics: unknown[] } {
  const time = { startTimeUnixNano: `${at - 60_000}000000`, timeUnixNano: `${at}000000` }
  const exemplar = {
    timeUnixNano: `${at}000000`,
    asDouble: 0.7,
    traceId: '0102030405060708090a0b0c0d0e0f10',
    spanId: '0102030405060708',
    filteredAttributes: [text('user', 'u')],
  }
  const names = [
    ['http.server.duration', 'ms'],
    ['a total of things', '1'],
    ['2xx', '{hit}'],
    ['speed.meters', 'm/s'],
    ['odd', '__x__/y z'],
    ['odd2', 'By/min'],
    ['with:colon', 'KiBy'],
    ['ünicode', '%'],
    ['_a_', '1'],
    ['requests', '{request}/s'],
  ] as const
  const numbers = names.flatMap(([name, unit]) => [
    { name: `g ${name}`, unit, description: 'd', gauge: { dataPoints: [{ ...time, asDouble: 1.5 }] } },
    {
      name: `c ${name}`,
      unit,
      sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...time, asInt: '7' }] },
    },
    { name: `u ${name}`, unit, sum: { aggregationTemporality: 2, dataPoints: [{ ...time, asInt: '-7' }] } },
  ])
  const attributes = [
    text('a.b', 'x'),
    text('a_b', 'y'),
    text('_a', '1'),
    text('__b', '2'),
    text('3c', '3'),
    text('é-f', '4'),
    text('empty', ''),
    { key: 'list', value: { arrayValue: { values: [{ stringValue: '<' }, { intValue: '5' }, { doubleValue: 0.1 }] } } },
    { key: 'map', value: { kvlistValue: { values: [{ key: 'b', value: { boolValue: true } }, text('a', '"')] } } },
    { key: 'bytes', value: { bytesValue: 'AQI=' } },
    { key: 'double', value: { doubleValue: 1e21 } },
    { key: 'int', value: { intValue: '-42' } },
  ]
  const others = [
    { name: 'labels', gauge: { dataPoints: [{ ...time, attributes, asDouble: 0 }] } },
    {
      name: 'took',
      unit: 's',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...time,
            count: '6',
            sum: 4.5,
            bucketCounts: ['1', '2', '3'],
            explicitBounds: [0.5, 1e21],
            exemplars: [exemplar],
          },
        ],
      },
    },
    ...[
      [3, -2, ['1', '0', '2', '0', '0', '0', '4']],
      [0, 5, ['0', '1', '0', '0', '3']],
      [10, 700, ['1', '2', '3', '4', '5', '6', '7', '8', '9']],
      [-4, 0, ['5']],
    ].map(([scale, offset, counts], i) => ({
      name: `spread ${i}`,
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...time,
            count: String(2 + 2 * (counts as string[]).reduce((sum, each) => sum + Number(each), 0)),
            sum: 3,
            scale,
            zeroCount: '2',
            positive: { offset, bucketCounts: counts },
            negative: { offset: 1, bucketCounts: counts },
          },
        ],
      },
    })),
    {
      name: 'quantiles',
      unit: 'By',
      summary: {
        dataPoints: [
          {
            ...time,
            count: '4',
            sum: 5,
            quantileValues: [
              { quantile: 0.5, value: 1 },
              { quantile: 1, value: 2 },
            ],
          },
        ],
      },
    },
  ]
  const resource = {
    attributes: [
      text('service.name', 'craps'),
      text('service.namespace', 'casino'),
      text('service.instance.id', 'i-1'),
      text('host.name', 'h'),
      { key: 'process.pid', value: { intValue: '12' } },
    ],
  }
  return {
    resourceMetrics: [
      { resource, scopeMetrics: [{ scope: { name: 's' }, metrics: [...numbers, ...others] }] },
      { resource: { attributes: [text('service.name', 'bare')] }, scopeMetrics: [{ metrics: numbers.slice(0, 1) }] },
      { resource: { attributes: [text('other', 'o')] }, scopeMetrics: [{ metrics: numbers.slice(1, 2) }] },
    ],
  }
}

describe('OTLP metrics', () => {
  it.for(['protobuf', 'json'] as const)('%s: the same series as in Prometheus', async (format, { skip }) => {
    const binary = needPeer('prometheus', skip)
    const flag = '--web.enable-otlp-receiver'
    // Debian builds it without.
    const { stdout, stderr } = spawnSync(binary, ['--help'], { encoding: 'utf8' })
    if (!(stdout + stderr).includes('web.enable-otlp-receiver')) return skip('this Prometheus has no OTLP receiver')
    const theirs = await startPrometheus(binary, {}, [flag])
    undo.push(() => theirs.stop())
    const db = await openTsdb()
    undo.push(() => db.close())
    const ours = await serveStore(db)
    undo.push(() => ours.close())
    const at = Math.floor(Date.now() / 1000) * 1000 - 5000
    const request = everything(at)
    const protobuf = Buffer.from(otlpProtobuf(request))
    const send = (url: string, body: Buffer, type: string): Promise<Response> =>
      fetch(`${url}/api/v1/otlp/v1/metrics`, { method: 'POST', body, headers: { 'content-type': type } })
    const told = await send(theirs.url, protobuf, 'application/x-protobuf')
    expect([told.status, await told.text()]).toEqual([200, ''])
    const asJson = format === 'json'
    const body = asJson ? Buffer.from(JSON.stringify(request)) : protobuf
    const answered = await send(ours.url, body, asJson ? 'application/json' : 'application/x-protobuf')
    expect([answered.status, await answered.text()]).toEqual([200, asJson ? '{}' : ''])
    await sleep(100)
    const all = '{__name__=~".+"}[1h]'
    const [want, got] = [await samplesOf(theirs.url, all, at + 1000), await samplesOf(ours.url, all, at + 1000)]
    expect(Object.keys(want).length).toBeGreaterThan(40)
    expect(got).toEqual(want)
    const exemplars = async (url: string): Promise<unknown> => {
      const query = `query=took_seconds_bucket&start=${at / 1000 - 10}&end=${at / 1000 + 10}`
      return ((await (await fetch(`${url}/api/v1/query_exemplars?${query}`)).json()) as { data: unknown }).data
    }
    expect(JSON.stringify(db.exemplars([], 0, Infinity).map(({ labels }) => labels.get('le')))).toBe(
      '["1000000000000000000000"]',
    )
    expect(JSON.stringify(await exemplars(theirs.url))).toContain('"le":"1000000000000000000000"')
  })
})
