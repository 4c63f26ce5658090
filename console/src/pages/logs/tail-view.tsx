import { type Signal, useSignal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { formatExactTime, formatMoment } from '../../format/number.ts'
import { useVirtual } from '../../parts/virtual.ts'
import { LevelBadge } from './level-badge.tsx'
import type { LogLine } from './line.ts'
import { LineFields } from './line-fields.tsx'
import { Marked } from './marked.tsx'
import { keyOfLine, type TailLines } from './tail-lines.ts'

interface TailViewProps {
  readonly tail: TailLines
  readonly isLive: boolean
  readonly isAtEnd: Signal<boolean>
  readonly wraps: boolean
  readonly marks: readonly string[]
  /** The key of the line that is open. */
  readonly opened: string
  readonly onOpened: (key: string) => void
  readonly onField: (path: string, value: string) => void
  readonly onModule: (module: string) => void
}

const ROW_PX = 26
/** So near the end counts as the end. */
const END_PX = 24
const SHOWN_FIELDS = 6
const PLAIN = new Set(['service', 'trace_id', 'span_id', 'correlation_id', 'trace.id', 'span.id', 'service.name'])

/** The lines, the newest at the end. It follows the end until somebody scrolls up; arrows go from line to line. */
export function TailView(props: TailViewProps): JSX.Element {
  const { tail, isLive, isAtEnd, wraps, marks, opened, onOpened } = props
  const { lines } = tail
  const list = useVirtual<HTMLDivElement>({
    count: lines.length,
    rowHeight: ROW_PX,
    keyOf: (index) => {
      const line = lines[index]
      return line === undefined ? index : keyOfLine(line)
    },
  })
  const active = useSignal('')
  const wantsFocus = useRef(false)
  /** The last line when the end was left. */
  const left = useSignal('')

  useLayoutEffect(() => {
    if (isAtEnd.peek() && lines.length > 0) list.scrollTo(lines.length - 1, 'end')
  }, [lines, list.height])
  useEffect(() => {
    const index = opened === '' ? -1 : lines.findIndex((line) => keyOfLine(line) === opened)
    if (index < 0 || active.peek() !== '') return
    active.value = opened
    isAtEnd.value = false
    list.scrollTo(index, 'center')
  }, [opened, lines.length > 0])
  useLayoutEffect(() => {
    if (!wantsFocus.current) return
    const row = list.host.current?.querySelector<HTMLElement>(`[data-line="${CSS.escape(active.value)}"]`)
    if (row === null || row === undefined) return
    wantsFocus.current = false
    row.focus({ preventScroll: true })
  })

  const onScroll = (): void => {
    const host = list.host.current
    if (host === null) return
    const is = host.scrollHeight - host.scrollTop - host.clientHeight < END_PX
    if (is === isAtEnd.peek()) return
    // A line that grows or comes moves the end away from the reader, not the reader from the end.
    if (!is && host.scrollTop >= lastTop.current) return
    const last = lines.at(-1)
    left.value = is || last === undefined ? '' : keyOfLine(last)
    isAtEnd.value = is
  }
  const lastTop = useRef(0)
  const onScrolled = (): void => {
    onScroll()
    lastTop.current = list.host.current?.scrollTop ?? 0
  }
  const toEnd = (): void => {
    isAtEnd.value = true
    left.value = ''
    list.scrollTo(lines.length - 1, 'end')
  }
  const moveTo = (index: number): void => {
    const line = lines[index]
    if (line === undefined) return
    active.value = keyOfLine(line)
    wantsFocus.current = true
    if (index < lines.length - 1) isAtEnd.value = false
    list.scrollTo(index)
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target instanceof HTMLElement && event.target.closest('.line-fields') !== null) {
      if (event.key === 'Escape') onOpened('')
      return
    }
    const known = lines.findIndex((line) => keyOfLine(line) === active.value)
    const at = known < 0 ? lines.length : known
    if (event.key === 'ArrowDown') moveTo(at + 1)
    else if (event.key === 'ArrowUp') moveTo(at - 1)
    else if (event.key === 'Home') moveTo(0)
    else if (event.key === 'End') {
      moveTo(lines.length - 1)
      toEnd()
    } else if (event.key === 'Escape') onOpened('')
    // The focus may not have followed yet.
    else if (event.key === 'Enter' && event.target === list.host.current && known >= 0) onOpened(active.value)
    else return
    event.preventDefault()
  }
  const leftAt = left.value === '' ? -1 : lines.findIndex((line) => keyOfLine(line) === left.value)
  const fresh = isAtEnd.value || leftAt < 0 ? 0 : lines.length - 1 - leftAt
  return (
    <div class="tail-frame">
      <div
        class={wraps ? 'tail wraps' : 'tail'}
        ref={list.host}
        role="log"
        aria-label="Log lines"
        aria-live="off"
        tabIndex={0}
        onScroll={onScrolled}
        onKeyDown={onKeyDown}
      >
        <div class="tail-body" style={{ height: `${list.height}px` }}>
          {list.items.map(({ index, key, start }) => {
            const line = lines[index]
            if (line === undefined) return null
            const id = keyOfLine(line)
            return (
              <div
                key={key}
                class={`line line-${line.level}${opened === id ? ' opened' : ''}`}
                data-index={index}
                ref={list.measure}
                style={{ transform: `translateY(${start}px)` }}
              >
                <button
                  type="button"
                  class="line-row"
                  data-line={id}
                  tabIndex={-1}
                  aria-expanded={opened === id}
                  onClick={() => {
                    active.value = id
                    if (opened !== id) isAtEnd.value = false
                    onOpened(opened === id ? '' : id)
                  }}
                >
                  <Row line={line} marks={marks} />
                </button>
                {opened === id && <LineFields line={line} onField={props.onField} onModule={props.onModule} />}
              </div>
            )
          })}
        </div>
      </div>
      {!isAtEnd.value && isLive && (
        <button type="button" class="tail-end primary" onClick={toEnd}>
          {fresh > 0 ? `${fresh} new ${fresh === 1 ? 'line' : 'lines'} ↓` : 'To the end ↓'}
        </button>
      )}
    </div>
  )
}

function Row({ line, marks }: { readonly line: LogLine; readonly marks: readonly string[] }): JSX.Element {
  const { time, level, module, message, fields } = line
  const at = Date.parse(time)
  const shown = Object.entries(fields)
    .filter(([name]) => !PLAIN.has(name))
    .slice(0, SHOWN_FIELDS)
  return (
    <>
      <time class="line-at" dateTime={time} title={formatMoment(at)}>
        {formatExactTime(at)}
      </time>
      <LevelBadge level={level} />
      <span class="line-module" title={module}>
        <Marked text={module ?? ''} marks={marks} />
      </span>
      <span class="line-text">
        <Marked text={message} marks={marks} />
        {shown.map(([name, value]) => (
          <span key={name} class="line-field">
            {' '}
            <span class="line-key">{name}</span>=
            <Marked text={typeof value === 'string' ? value : JSON.stringify(value)} marks={marks} />
          </span>
        ))}
      </span>
    </>
  )
}
