import type { SpanStore } from '../../tracing/index.ts'

export interface SlowTrace {
  readonly trace_id: string
  /** Such as `GET /tables/:id`. */
  readonly name: string
  readonly duration_ms: number
}

/** So many of the latest traces are looked at. */
const LOOKED_AT = 1000

/** Of the requests whose traces are kept, the slowest first. */
export function slowTraces(store: SpanStore): readonly SlowTrace[] {
  return store
    .search({ limit: LOOKED_AT })
    .flatMap(({ traceId, parts }) =>
      parts.flatMap(({ spans: [root] }) =>
        root === undefined || root.kind !== 'server'
          ? []
          : [{ trace_id: traceId, name: root.name, duration_ms: root.endMs - root.startMs }],
      ),
    )
    .toSorted((a, b) => b.duration_ms - a.duration_ms)
}
