import { useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { useVirtual } from '../../parts/virtual.ts'
import { type Axis, axisOf, ticksOf } from './axis.ts'
import { pauses } from './clocks.ts'
import type { PathPart } from './critical-path.ts'
import { formatMs } from './duration.ts'
import { SpanDetail } from './span-detail.tsx'
import { SpanRow } from './span-row.tsx'
import { openNodes, type SpanNode, type Trace } from './trace.ts'

export interface SpanTick {
  readonly atMs: number
  readonly level: string
  readonly text: string
}

interface WaterfallProps {
  readonly trace: Trace
  readonly colours: ReadonlyMap<string, string>
  readonly path: readonly PathPart[]
  readonly closed: ReadonlySet<string>
  readonly onClosed: (closed: ReadonlySet<string>) => void
  /** The span whose detail is open. */
  readonly opened: string
  readonly onOpened: (spanId: string) => void
  readonly found: ReadonlySet<string>
  /** Log lines, by span. */
  readonly ticks: ReadonlyMap<string, readonly SpanTick[]>
  readonly onFind: (text: string) => void
  /** A span to be brought into sight; `turn` tells one wish from the next. */
  readonly wish: { readonly spanId: string; readonly turn: number }
}

const ROW_PX = 28

type Row = { readonly node: SpanNode; readonly isDetail: boolean }

/** Every span on one axis of time. Arrows move and fold, Enter opens what a span holds beneath it. */
export function Waterfall(props: WaterfallProps): JSX.Element {
  const { trace, closed, onClosed, opened, onOpened, wish } = props
  const axis = useMemo(() => axisOf(trace), [trace])
  const active = useSignal(opened)
  const rows = useMemo(
    () =>
      openNodes(trace, closed).flatMap((node): Row[] =>
        node.span.id === opened
          ? [
              { node, isDetail: false },
              { node, isDetail: true },
            ]
          : [{ node, isDetail: false }],
      ),
    [trace, closed, opened],
  )
  const parts = useMemo(() => bySpan(props.path), [props.path])
  const idle = useMemo(() => pauses(trace), [trace])
  const keyOf = (index: number): string => {
    const row = rows[index]
    return row === undefined ? String(index) : `${row.node.span.id}${row.isDetail ? ' detail' : ''}`
  }
  const list = useVirtual<HTMLDivElement>({ count: rows.length, rowHeight: ROW_PX, keyOf })
  const indexOf = (spanId: string): number =>
    rows.findIndex(({ node, isDetail }) => node.span.id === spanId && !isDetail)
  const wantsFocus = useRef(false)

  useEffect(() => {
    const index = wish.spanId === '' ? -1 : indexOf(wish.spanId)
    if (index < 0) return
    active.value = wish.spanId
    list.scrollTo(index, 'center')
  }, [wish, rows.length])
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    const row = list.host.current?.querySelector<HTMLElement>(`[data-span="${CSS.escape(active.value)}"]`)
    if (row === null || row === undefined) return
    wantsFocus.current = false
    row.focus({ preventScroll: true })
  })

  const fold = (node: SpanNode, isClosed: boolean): void => {
    const next = new Set(closed)
    if (isClosed) next.add(node.span.id)
    else next.delete(node.span.id)
    onClosed(next)
  }
  const moveTo = (node: SpanNode | undefined): void => {
    if (node === undefined) return
    active.value = node.span.id
    wantsFocus.current = true
    list.scrollTo(indexOf(node.span.id))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement)) return
    const current = event.target.dataset['span']
    if (current === undefined) return
    // The focus may not have followed yet.
    if (!wantsFocus.current) active.value = current
    const spans = rows.filter(({ isDetail }) => !isDetail)
    const at = spans.findIndex(({ node }) => node.span.id === active.value)
    const node = spans[at]?.node
    if (node === undefined) return
    const isOpen = node.children.length > 0 && !closed.has(node.span.id)
    switch (event.key) {
      case 'ArrowDown':
        moveTo(spans[at + 1]?.node)
        break
      case 'ArrowUp':
        moveTo(spans[at - 1]?.node)
        break
      case 'Home':
        moveTo(spans[0]?.node)
        break
      case 'End':
        moveTo(spans.at(-1)?.node)
        break
      case 'ArrowRight':
        if (isOpen) moveTo(node.children[0])
        else if (node.children.length > 0) fold(node, false)
        break
      case 'ArrowLeft':
        if (isOpen) fold(node, true)
        else moveTo(node.parent)
        break
      case 'Enter':
      case ' ':
        onOpened(opened === node.span.id ? '' : node.span.id)
        break
      case 'Escape':
        onOpened('')
        break
      default:
        return
    }
    event.preventDefault()
  }
  const first = rows.some(({ node }) => node.span.id === active.value) ? active.value : rows[0]?.node.span.id
  return (
    <div
      class="waterfall"
      ref={list.host}
      role="treegrid"
      aria-label="Spans of the trace"
      aria-rowcount={rows.length + 1}
      onKeyDown={onKeyDown}
    >
      <div class="wf-head" role="row" aria-rowindex={1}>
        <span class="wf-name" role="columnheader">
          Span
        </span>
        <span class="wf-track" role="columnheader" aria-label="Time">
          <Ticks axis={axis} />
        </span>
      </div>
      <div class="wf-body" role="rowgroup" style={{ height: `${list.height}px` }}>
        <div class="wf-ground" aria-hidden="true">
          <span class="wf-name" />
          <span class="wf-track">
            {ticksOf(axis).map((tick) => (
              <span key={tick} class="wf-line" style={{ left: `${axis.at(axis.startMs + tick)}%` }} />
            ))}
            {idle.map(({ fromMs, toMs }) => (
              <span
                key={fromMs}
                class="wf-idle"
                style={{ left: `${axis.at(fromMs)}%`, width: `${axis.at(toMs) - axis.at(fromMs)}%` }}
              />
            ))}
          </span>
        </div>
        {list.items.map(({ index, key, start }) => {
          const row = rows[index]
          if (row === undefined) return null
          const { node, isDetail } = row
          const { id } = node.span
          return (
            <div
              key={key}
              class={isDetail ? 'wf-item wf-detail' : 'wf-item'}
              data-index={index}
              ref={list.measure}
              role="presentation"
              style={{ transform: `translateY(${start}px)` }}
            >
              {isDetail ? (
                <div role="row" aria-rowindex={index + 2}>
                  <div role="gridcell" aria-colspan={2}>
                    <SpanDetail node={node} trace={trace} onFind={props.onFind} onClose={() => onOpened('')} />
                  </div>
                </div>
              ) : (
                <SpanRow
                  node={node}
                  axis={axis}
                  rowIndex={index + 2}
                  colour={props.colours.get(node.span.service) ?? ''}
                  path={parts.get(id) ?? []}
                  ticks={props.ticks.get(id) ?? []}
                  isClosed={closed.has(id)}
                  isOpened={opened === id}
                  isActive={first === id}
                  isFound={props.found.has(id)}
                  onFold={() => fold(node, !closed.has(id))}
                  onOpen={() => {
                    active.value = id
                    onOpened(opened === id ? '' : id)
                  }}
                />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

export function Ticks({ axis }: { readonly axis: Axis }): JSX.Element {
  return (
    <>
      {ticksOf(axis).map((tick) => {
        const left = axis.at(axis.startMs + tick)
        return (
          <span key={tick} class={left > 90 ? 'wf-tick wf-tick-end' : 'wf-tick'} style={{ left: `${left}%` }}>
            {tick === 0 ? '0' : formatMs(tick)}
          </span>
        )
      })}
    </>
  )
}

function bySpan(path: readonly PathPart[]): ReadonlyMap<string, readonly PathPart[]> {
  const parts = new Map<string, PathPart[]>()
  for (const part of path) parts.set(part.spanId, [...(parts.get(part.spanId) ?? []), part])
  return parts
}
