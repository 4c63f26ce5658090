import { statSync } from 'node:fs'
import { Engine, type QueryValue } from '../../promql/index.ts'
import type { HistogramValue, LabelSet, Queryable } from '../../series/index.ts'
import { FolderInUseError, openTsdb, readOnlyFiles } from '../../tsdb/index.ts'
import { ask, PrometheusServer, RemoteQueryable, ServerError } from '../../wire/index.ts'
import { BoxmanError } from '../error.ts'
import { ownFetch } from '../own-fetch.ts'

export interface FoundSample {
  readonly labels: LabelSet
  readonly value: number | HistogramValue
}

/** What a query found at each moment; a fault is about the query itself. */
export type RangeAnswer =
  | { readonly ok: true; readonly at: ReadonlyMap<number, readonly FoundSample[]> }
  | { readonly ok: false; readonly error: { readonly message: string } }

/** What was measured, as rules ask for it. */
export interface History {
  readonly queryable: Queryable
  /** Rejects with a BoxmanError when nothing more can be had. */
  range(expr: string, start: number, end: number, step: number): Promise<RangeAnswer>
  close(): Promise<void>
}

/** More than any folder has: what is there is read whole. */
const UNLIMITED = { retentionMs: 1e15, maxBytes: 2 ** 40, maxSeries: 100_000_000 }

/** The folder of a store that no process has open; nothing in it is changed. @throws BoxmanError */
export async function openFolder(folder: string): Promise<History> {
  const fault = folderFault(folder)
  if (fault !== undefined) throw new BoxmanError(`--data ${folder}: ${fault}`)
  const store = await openTsdb({ ...UNLIMITED, folder }, readOnlyFiles()).catch((cause: unknown) => {
    const message = cause instanceof Error ? cause.message : String(cause)
    const mend = cause instanceof FolderInUseError ? '. Or ask that process: --url' : ''
    throw new BoxmanError(`--data ${folder}: ${message}${mend}`, { cause })
  })
  const engine = new Engine({ queryable: store })
  return {
    queryable: store,
    async range(expr, start, end, step) {
      const answer = await engine.range(expr, start, end, step)
      return answer.ok ? { ok: true, at: byTime(answer.value) } : answer
    },
    close: () => store.close(),
  }
}

function folderFault(folder: string): string | undefined {
  const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
  if (!isFolder(folder)) return 'there is no such folder'
  if (isFolder(`${folder}/wal`) || isFolder(`${folder}/blocks`)) return undefined
  return 'holds no store of Boxman: expected the folder of store.folder, or of boxman serve --data'
}

/** A server with Prometheus' HTTP API. @throws BoxmanError */
export function serverHistory(url: string, token: string | undefined): History {
  const server = serverOf(url, token)
  return {
    queryable: new RemoteQueryable(server),
    async range(expr, start, end, step) {
      const moment = { start: String(start / 1000), end: String(end / 1000), step: String(step / 1000) }
      try {
        const reply = await ask(server, expr, moment)
        const found = new Map<number, FoundSample[]>()
        if (reply.type !== 'matrix') return { ok: false, error: { message: `the server gave a ${reply.type}` } }
        for (const { labels, points } of reply.series) {
          for (const { at, value } of points) put(found, at, { labels, value: numberOf(value) })
        }
        return { ok: true, at: found }
      } catch (cause) {
        if (!(cause instanceof ServerError)) throw cause
        if (cause.kind === 'unavailable') throw new BoxmanError(cause.message, { cause })
        return { ok: false, error: { message: cause.message } }
      }
    },
    close: () => Promise.resolve(),
  }
}

function serverOf(url: string, token: string | undefined): PrometheusServer {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    return new PrometheusServer({ url: url.includes('://') ? url : `http://${url}`, headers, fetch: ownFetch })
  } catch (cause) {
    throw new BoxmanError(`--url ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Of a histogram, which the server tells only a part of, NaN: that it is there is what counts. */
function numberOf(text: string): number {
  if (text === '+Inf') return Infinity
  if (text === '-Inf') return -Infinity
  return Number(text)
}

export function byTime(value: QueryValue): ReadonlyMap<number, readonly FoundSample[]> {
  const found = new Map<number, FoundSample[]>()
  if (value.type !== 'matrix') return found
  for (const { labels, times, values, histograms } of value.series) {
    times.forEach((at, i) => put(found, at, { labels, value: values[i] ?? NaN }))
    histograms?.values.forEach((histogram, i) => put(found, histograms.times[i] ?? 0, { labels, value: histogram }))
  }
  return found
}

function put(found: Map<number, FoundSample[]>, at: number, sample: FoundSample): void {
  const before = found.get(at)
  if (before === undefined) found.set(at, [sample])
  else before.push(sample)
}
