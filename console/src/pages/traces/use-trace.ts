import { type Signal, useSignal, useSignalEffect } from '@preact/signals'
import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import { facts } from '../../data/facts.ts'
import { listen } from '../../data/live.ts'
import { instant } from '../../data/prometheus.ts'
import { type LogLine, type LogsAnswer } from '../logs/line.ts'
import { type LoadedTrace, loadTrace } from './ask-traces.ts'
import { type Lane, lanesOf, lanesQuery } from './lanes.ts'

/** For so long what belongs to a trace may still come. */
const SETTLES_MS = 60_000

export interface TraceState {
  readonly loaded: LoadedTrace | undefined
  readonly isMissing: boolean
  readonly error: string | undefined
}

/** A trace, and what comes to it within its first minute. */
export function useTrace(id: string): Signal<TraceState> {
  const state = useSignal<TraceState>({ loaded: undefined, isMissing: false, error: undefined })
  useSignalEffect(() => {
    const abort = new AbortController()
    const load = async (): Promise<void> => {
      try {
        const loaded = await loadTrace(id, abort.signal)
        const known = state.peek().loaded?.trace.nodes.length
        if (loaded !== undefined && loaded.trace.nodes.length === known) return
        state.value = { loaded, isMissing: loaded === undefined, error: undefined }
      } catch (error) {
        if (!isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error) }
      }
    }
    void load()
    const leave = onChange('traces', () => {
      const { loaded, isMissing } = state.peek()
      if (isMissing || (loaded !== undefined && isFresh(loaded))) void load()
    })
    return () => {
      abort.abort()
      leave()
    }
  })
  return state
}

/** Told when a topic of the stream has changed since it was last told, and with the first tick. */
function onChange(topic: string, act: () => void): () => void {
  let version: number | string | undefined
  return listen([], ({ changed }) => {
    const now = changed[topic]
    if (now !== version) act()
    version = now
  })
}

function isFresh({ trace }: LoadedTrace): boolean {
  return Date.now() - trace.endMs < SETTLES_MS
}

const MOST_LINES = 1000

export interface TraceLogs {
  /** In the order of time. */
  readonly lines: readonly LogLine[]
  readonly error: string | undefined
  readonly isFirst: boolean
}

export function useTraceLogs(loaded: LoadedTrace): Signal<TraceLogs> {
  const state = useSignal<TraceLogs>({ lines: [], error: undefined, isFirst: true })
  const { id } = loaded.trace
  useSignalEffect(() => {
    if (facts.value?.parts.logs !== true) return undefined
    const abort = new AbortController()
    const load = async (): Promise<void> => {
      try {
        const path = `api/logs?trace=${id}&limit=${MOST_LINES}`
        const { logs } = await askJson<LogsAnswer>(path, { signal: abort.signal })
        state.value = { lines: logs.toReversed(), error: undefined, isFirst: false }
      } catch (error) {
        if (!isAbort(error)) state.value = { ...state.peek(), error: reasonOf(error), isFirst: false }
      }
    }
    void load()
    const leave = onChange('logs', () => {
      if (isFresh(loaded)) void load()
    })
    return () => {
      abort.abort()
      leave()
    }
  })
  return state
}

export interface LanesState {
  readonly lanes: readonly Lane[]
  readonly isFirst: boolean
}

/** Around a trace, so that there is a sample before and after it. */
export function useLanes(loaded: LoadedTrace): Signal<LanesState> {
  const state = useSignal<LanesState>({ lanes: [], isFirst: true })
  const { startMs, endMs } = loaded.trace
  useSignalEffect(() => {
    const scrapeMs = facts.value?.scrapeIntervalMs
    if (facts.value?.parts.store !== true || scrapeMs === undefined) return undefined
    const abort = new AbortController()
    const padMs = 2 * scrapeMs + 2000
    const isWhole = (): boolean =>
      state.peek().lanes.some(({ segments }) => (segments.at(-1)?.toMs ?? -Infinity) >= endMs)
    const load = async (): Promise<void> => {
      try {
        const at = Math.min(Date.now() + 1000, endMs + padMs)
        const { data } = await instant(lanesQuery((at - startMs + padMs) / 1000), at, abort.signal)
        if (data.resultType !== 'matrix') return
        const series = data.result.map(({ metric, values = [] }) => ({
          name: metric['__name__'] ?? '',
          samples: values.map(([time, value]) => ({ atMs: time * 1000, value: Number(value) })),
        }))
        state.value = { lanes: lanesOf(series), isFirst: false }
      } catch (error) {
        if (!isAbort(error)) state.value = { ...state.peek(), isFirst: false }
      }
    }
    void load()
    const leave = listen([], () => {
      if (isFresh(loaded) && !isWhole()) void load()
    })
    return () => {
      abort.abort()
      leave()
    }
  })
  return state
}
