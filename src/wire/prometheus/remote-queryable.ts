import type { Matcher, MetricMetadata, Queryable, SelectedSeries } from '../../series/index.ts'
import { snap, unsnap } from '../remote-write/snappy.ts'
import { rawQuery, rawSeries, selectorOf } from './raw-query.ts'
import { decodeReadResponse, encodeReadRequest } from './remote-read.ts'
import { type PrometheusServer, ServerError, textOf } from './server.ts'
import { listOf, recordOf, seconds } from './values.ts'

export interface RemoteQueryableOptions {
  /** Of the samples of one selection, decompressed; default 512 MiB. */
  readonly maxBytes?: number
}

const READ_HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'accept-encoding': 'snappy',
  'x-prometheus-remote-read-version': '0.1.0',
}

const TYPES = new Set(['counter', 'gauge', 'histogram', 'gaugehistogram', 'summary', 'info', 'stateset'])

/**
 * The store of a server. Samples come by remote read, which knows stale markers and native histograms; from a server without it,
 * such as VictoriaMetrics, by a query for raw samples: a series that ended is then seen for another look-back. Rejects with a
 * {@link ServerError}.
 */
export class RemoteQueryable implements Queryable {
  readonly #server: PrometheusServer
  readonly #maxBytes: number
  #remoteRead = true

  constructor(server: PrometheusServer, { maxBytes = 512 * 2 ** 20 }: RemoteQueryableOptions = {}) {
    this.#server = server
    this.#maxBytes = maxBytes
  }

  async select(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]> {
    if (to < from) return []
    return (await this.#read(matchers, from, to)) ?? this.#query(matchers, from, to)
  }

  async labelNames(matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    const { data } = await this.#server.ask('/api/v1/labels', range(matchers, from, to))
    return listOf(data).map(String)
  }

  async labelValues(name: string, matchers: readonly Matcher[], from: number, to: number): Promise<readonly string[]> {
    const path = `/api/v1/label/${encodeURIComponent(name)}/values`
    const { data } = await this.#server.get(path, range(matchers, from, to))
    return listOf(data).map(String)
  }

  async metadata(): Promise<ReadonlyMap<string, MetricMetadata>> {
    const { data } = await this.#server.get('/api/v1/metadata')
    return new Map(
      Object.entries(recordOf(data)).flatMap(([name, all]): [string, MetricMetadata][] => {
        const [first] = listOf(all)
        return first === undefined ? [] : [[name, metadataOf(first)]]
      }),
    )
  }

  /** Undefined: the server has no remote read. */
  async #read(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[] | undefined> {
    if (!this.#remoteRead) return undefined
    const request = encodeReadRequest([{ matchers, from: Math.ceil(from), to: Math.floor(to) }])
    const answer = await this.#server.send('/api/v1/read', await snap(request), READ_HEADERS)
    if (answer === undefined) {
      this.#remoteRead = false
      return undefined
    }
    try {
      return decodeReadResponse(await unsnap(answer, this.#maxBytes))
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      throw new ServerError('unavailable', `${this.#server.url}: its remote read cannot be understood: ${why}`, {
        cause,
      })
    }
  }

  async #query(matchers: readonly Matcher[], from: number, to: number): Promise<readonly SelectedSeries[]> {
    const query = rawQuery(matchers, from, to)
    const { data } = await this.#server.ask('/api/v1/query', { query, time: seconds(Math.floor(to)) })
    return rawSeries(data)
  }
}

function range(matchers: readonly Matcher[], from: number, to: number): Record<string, string> {
  return {
    ...(matchers.length === 0 ? {} : { 'match[]': selectorOf(matchers) }),
    ...(Number.isFinite(from) ? { start: seconds(from) } : {}),
    ...(Number.isFinite(to) ? { end: seconds(to) } : {}),
  }
}

function metadataOf(value: unknown): MetricMetadata {
  const { type, help, unit } = recordOf(value)
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is one of the set
    type: TYPES.has(String(type)) ? (type as MetricMetadata['type']) : 'unknown',
    help: textOf(help, ''),
    unit: textOf(unit, ''),
  }
}
