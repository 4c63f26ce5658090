import type { JSX } from 'preact'
import { Failure } from '../../parts/states.tsx'
import { LevelBadge } from '../logs/level-badge.tsx'
import { spanOfLine } from '../logs/line.ts'
import { formatMs } from './duration.ts'
import type { Trace } from './trace.ts'
import type { TraceLogs as State } from './use-trace.ts'

interface TraceLogsProps {
  readonly trace: Trace
  readonly state: State
  readonly onSpan: (spanId: string) => void
}

/** What was logged in the trace, in the order of time. */
export function TraceLogs({ trace, state, onSpan }: TraceLogsProps): JSX.Element {
  const { lines, error, isFirst } = state
  return (
    <section class="trace-logs" aria-label="Log lines of the trace">
      <h2>Log lines{lines.length > 0 && ` (${lines.length})`}</h2>
      {error !== undefined && <Failure>{error}</Failure>}
      {lines.length === 0 && error === undefined && !isFirst && (
        <p class="none">None that are still in memory were written in this trace.</p>
      )}
      <ol class="trace-lines">
        {lines.map((line) => {
          const { number, time, level, module, message } = line
          const spanId = spanOfLine(line)
          const span = spanId === undefined ? undefined : trace.byId.get(spanId)?.span
          return (
            <li key={number}>
              <span class="line-at">{offset(Date.parse(time) - trace.startMs)}</span>
              <LevelBadge level={level} />
              <span class="line-module">{module ?? ''}</span>
              <span class="line-text">{message}</span>
              {span !== undefined && (
                <button type="button" class="line-span" title="Show the span" onClick={() => onSpan(span.id)}>
                  {span.name}
                </button>
              )}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

function offset(ms: number): string {
  return ms < 0 ? `−${formatMs(-ms)}` : `+${formatMs(ms)}`
}
