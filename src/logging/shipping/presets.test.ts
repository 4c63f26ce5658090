import { describe, expect, it } from 'vitest'
import { createLogger, createSink, type Preset, PRESETS, type SinkOptions } from '../index.ts'

const AT = Date.parse('2023-11-14T22:13:20.007Z')
const [TRACE, SPAN] = ['a'.repeat(32), 'b'.repeat(16)]

/** What a sink sends of two lines that are written under a preset. */
async function sent(preset: Preset, options: SinkOptions): Promise<string> {
  const bodies: string[] = []
  const sink = await createSink(options, {
    service: 'gateway',
    host: 'h',
    pid: 1,
    now: () => AT,
    fetch: async (_url, init) => {
      bodies.push(new TextDecoder().decode(init?.body as Uint8Array))
      return new Response('{"items":[{"create":{"status":201}},{"create":{"status":201}}]}')
    },
  })
  const context = { correlationId: 'c', traceId: TRACE, spanId: SPAN, userId: 'u', sessionId: undefined, gameId: 'T7' }
  const destination = { write: () => undefined }
  const log = createLogger({
    preset,
    service: 'gateway',
    now: () => AT,
    context: () => context,
    destination,
    sinks: [sink],
  })
  const wallet = log.child('wallet')
  wallet.warn({ amount: 5 }, 'low balance')
  wallet.lines('Request completed', ['trace_id', 'span_id', 'status'])('error', [TRACE, SPAN, 500])
  await sink.flush(5000)
  await sink.stop(0)
  return bodies.join('')
}

describe.each(PRESETS)('lines of the preset %s', (preset) => {
  it('have one time of their own in Elasticsearch', async () => {
    const body = await sent(preset, { kind: 'elasticsearch', url: 'http://127.0.0.1:1', gzip: false })
    const documents = body.split('\n').filter((_, i) => i % 2 === 1)
    expect(documents).toHaveLength(2)
    for (const document of documents) {
      expect(document.match(/"@timestamp":/g)).toHaveLength(1)
      expect(JSON.parse(document)).toMatchObject({ '@timestamp': '2023-11-14T22:13:20.007Z' })
    }
  })

  it('have everything in its place in OTLP', async () => {
    const body = await sent(preset, { kind: 'otlp', url: 'http://127.0.0.1:1/v1/logs', gzip: false })
    const { resourceLogs } = JSON.parse(body) as {
      resourceLogs: { scopeLogs: { logRecords: { attributes: { key: string }[]; [field: string]: unknown }[] }[] }[]
    }
    const records = resourceLogs[0]?.scopeLogs[0]?.logRecords ?? []
    const ids = { traceId: TRACE, spanId: SPAN }
    expect(records).toMatchObject([
      { severityNumber: 13, severityText: 'WARN', body: { stringValue: 'low balance' }, ...ids },
      { severityNumber: 17, severityText: 'ERROR', body: { stringValue: 'Request completed' }, ...ids },
    ])
    // Module, correlation, user, game and amount; module and status: nothing that has a place of its own.
    expect(records.map(({ attributes }) => attributes.length)).toEqual([5, 2])
  })

  it('have the label of their level in Loki', async () => {
    const body = await sent(preset, { kind: 'loki', url: 'http://127.0.0.1:1', gzip: false })
    const { streams } = JSON.parse(body) as { streams: { stream: { level: string }; values: [string, string][] }[] }
    expect(streams.map(({ stream, values }) => [stream.level, values.length])).toEqual([
      ['warn', 1],
      ['error', 1],
    ])
  })
})
