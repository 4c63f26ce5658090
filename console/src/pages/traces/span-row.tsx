import type { JSX } from 'preact'
import type { Axis } from './axis.ts'
import type { PathPart } from './critical-path.ts'
import { formatMs } from './duration.ts'
import type { SpanNode } from './trace.ts'
import type { SpanTick } from './waterfall.tsx'

interface SpanRowProps {
  readonly node: SpanNode
  readonly axis: Axis
  readonly rowIndex: number
  readonly colour: string
  readonly path: readonly PathPart[]
  readonly ticks: readonly SpanTick[]
  readonly isClosed: boolean
  readonly isOpened: boolean
  readonly isActive: boolean
  readonly isFound: boolean
  readonly onFold: () => void
  readonly onOpen: () => void
}

const INDENT_PX = 14
/** Deeper ones stand no further to the right: there would be no room for their names. */
const MOST_INDENTS = 14

export function SpanRow(props: SpanRowProps): JSX.Element {
  const { node, axis, rowIndex, colour, path, ticks, isClosed, isOpened, isActive, isFound, onFold, onOpen } = props
  const { span, depth, children, below, errorsBelow } = node
  const [left, right] = [axis.at(span.startMs), axis.at(span.endMs)]
  const hasChildren = children.length > 0
  const classes = ['wf-row', isOpened && 'opened', isFound && 'hit', span.isError && 'failed'].filter(Boolean)
  const took = formatMs(span.endMs - span.startMs)
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are the grid's
    <div
      class={classes.join(' ')}
      role="row"
      data-span={span.id}
      tabIndex={isActive ? 0 : -1}
      aria-level={depth + 1}
      aria-rowindex={rowIndex}
      aria-expanded={hasChildren ? !isClosed : undefined}
      aria-selected={isOpened}
      onClick={onOpen}
    >
      <span
        class="wf-name"
        role="gridcell"
        style={{ paddingLeft: `${Math.min(depth, MOST_INDENTS) * INDENT_PX + 4}px` }}
      >
        {hasChildren ? (
          <button
            type="button"
            class="wf-fold"
            tabIndex={-1}
            aria-label={isClosed ? `Show ${below} beneath` : `Hide ${below} beneath`}
            onClick={(event) => {
              event.stopPropagation()
              onFold()
            }}
          >
            {isClosed ? '▸' : '▾'}
          </button>
        ) : (
          <span class="wf-fold" />
        )}
        <span class="wf-service" style={{ background: colour }} title={span.service} />
        {span.isError && (
          <span class="wf-error" role="img" aria-label="failed">
            ✕
          </span>
        )}
        <span class="wf-title" title={`${span.service}: ${span.name}`}>
          {span.name}
        </span>
        {isClosed && (
          <span class="wf-more">
            +{below}
            {errorsBelow > 0 && <span class="wf-error"> ✕{errorsBelow}</span>}
          </span>
        )}
      </span>
      <span class="wf-track" role="gridcell" aria-label={`${took}, after ${formatMs(span.startMs - axis.startMs)}`}>
        <span class="wf-bar" style={{ left: `${left}%`, width: `max(2px, ${right - left}%)`, background: colour }} />
        {path.map(({ fromMs, toMs }) => (
          <span
            key={fromMs}
            class="wf-path"
            style={{ left: `${axis.at(fromMs)}%`, width: `max(1px, ${axis.at(toMs) - axis.at(fromMs)}%)` }}
          />
        ))}
        {span.events.map(({ atMs, name }, i) => (
          <span key={`${i} ${atMs}`} class="wf-event" title={name} style={{ left: `${axis.at(atMs)}%` }} />
        ))}
        {ticks.map(({ atMs, level, text }, i) => (
          <span
            key={`${i} ${atMs}`}
            class={`wf-log wf-log-${level}`}
            title={`${level}: ${text}`}
            style={{ left: `${axis.at(atMs)}%` }}
          />
        ))}
        <span
          class={labelClass(left, right)}
          style={right < 80 ? { left: `${right}%` } : left > 20 ? { right: `${100 - left}%` } : { right: '0' }}
        >
          {took}
        </span>
      </span>
    </div>
  )
}

function labelClass(left: number, right: number): string {
  return right >= 80 && left <= 20 ? 'wf-took inside' : 'wf-took'
}
