import { useComputed, useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import type { JSX } from 'preact'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { facts } from '../../data/facts.ts'
import { param, setParams } from '../../state/place.ts'
import type { LoadedTrace } from './ask-traces.ts'
import { axisOf } from './axis.ts'
import { BackLink } from './back-link.tsx'
import { criticalPath } from './critical-path.ts'
import { FindBar } from './find-bar.tsx'
import { LanesView } from './lanes-view.tsx'
import { MissingTrace } from './missing-trace.tsx'
import { serviceColours } from './service-colour.ts'
import { spanOfLine } from '../logs/line.ts'
import { findSpans, type SpanNode } from './trace.ts'
import { TraceHead } from './trace-head.tsx'
import { TraceLogs } from './trace-logs.tsx'
import { useLanes, useTrace, useTraceLogs } from './use-trace.ts'
import { type SpanTick, Waterfall } from './waterfall.tsx'

export function TracePage({ id }: { readonly id: string }): JSX.Element {
  const { loaded, isMissing, error } = useTrace(id).value
  if (loaded !== undefined) return <Shown key={loaded.trace.id} loaded={loaded} />
  return (
    <>
      <BackLink />
      <h1>Trace</h1>
      {error !== undefined ? (
        <Failure>{error}</Failure>
      ) : isMissing ? (
        <MissingTrace id={id} />
      ) : (
        <Loading height={400} />
      )}
    </>
  )
}

function Shown({ loaded }: { readonly loaded: LoadedTrace }): JSX.Element {
  const { trace } = loaded
  const colours = useMemo(() => serviceColours(trace), [trace])
  const axis = useMemo(() => axisOf(trace), [trace])
  const path = useMemo(() => criticalPath(trace), [trace])
  const logs = useTraceLogs(loaded)
  const lanes = useLanes(loaded)
  const closed = useComputed(() => new Set(param('closed').split(',').filter(Boolean)))
  const find = param('find')
  const found = useMemo(() => findSpans(trace, find), [trace, find])
  const foundIds = useMemo(() => new Set(found.map(({ span }) => span.id)), [found])
  const ticks = useMemo(() => ticksBySpan(logs.value.lines), [logs.value])
  const wish = useSignal({ spanId: param('span'), turn: 0 })
  const showsPath = param('path') !== 'off'

  /** Opens what is closed above it. */
  const reveal = (node: SpanNode | undefined, opensDetail: boolean): void => {
    if (node === undefined) return
    const next = new Set(closed.peek())
    for (let at = node.parent; at !== undefined; at = at.parent) next.delete(at.span.id)
    setParams({ closed: [...next].join(','), ...(opensDetail ? { span: node.span.id } : {}) })
    wish.value = { spanId: node.span.id, turn: wish.peek().turn + 1 }
  }
  if (trace.nodes.length === 0) return <Empty title="The trace has no spans" />
  return (
    <>
      <BackLink />
      <TraceHead loaded={loaded} colours={colours} path={path} onSpan={(node) => reveal(node, true)} />
      <FindBar
        trace={trace}
        found={found}
        showsPath={showsPath}
        onSpan={(node) => reveal(node, false)}
        onClosed={(next) => setParams({ closed: [...next].join(',') })}
      />
      <div class="wf-frame">
        <Waterfall
          trace={trace}
          colours={colours}
          path={showsPath ? path : []}
          closed={closed.value}
          onClosed={(next) => setParams({ closed: [...next].join(',') })}
          opened={param('span')}
          onOpened={(spanId) => setParams({ span: spanId })}
          found={foundIds}
          ticks={ticks}
          onFind={(text) => setParams({ find: text })}
          wish={wish.value}
        />
        <LanesView state={lanes.value} axis={axis} />
      </div>
      {facts.value?.parts.logs === true && (
        <TraceLogs trace={trace} state={logs.value} onSpan={(spanId) => reveal(trace.byId.get(spanId), true)} />
      )}
    </>
  )
}

function ticksBySpan(
  lines: ReturnType<typeof useTraceLogs>['value']['lines'],
): ReadonlyMap<string, readonly SpanTick[]> {
  const ticks = new Map<string, SpanTick[]>()
  for (const line of lines) {
    const spanId = spanOfLine(line)
    if (spanId === undefined) continue
    const tick = { atMs: Date.parse(line.time), level: line.level, text: line.message }
    ticks.set(spanId, [...(ticks.get(spanId) ?? []), tick])
  }
  return ticks
}
