import './logs.css'
import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { fileNameOf, saveFile } from '../../charts/export.ts'
import { lastTickAt } from '../../data/live.ts'
import { formatNumber } from '../../format/number.ts'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import { isLive, range, setRange, windowOf } from '../../state/time-range.ts'
import type { LogFilter } from './ask-logs.ts'
import { Levels } from './levels.tsx'
import { fieldsIn, lineJson } from './line.ts'
import { LogFilters } from './log-filters.tsx'
import { RateBars } from './rate-bars.tsx'
import type { TailLines } from './tail-lines.ts'
import { TailView } from './tail-view.tsx'
import { useTail } from './use-tail.ts'

/** The last lines of the service, as they come. */
export default function Logs(): JSX.Element {
  const filter = useComputed(filterInAddress)
  const filterKey = useComputed(() => JSON.stringify(filter.value))
  const settled = useComputed((): LogFilter => {
    void filterKey.value
    return filter.peek()
  })
  const isAtEnd = useSignal(true)
  const { tail, error, isFirst } = useTail(settled, isAtEnd).value
  const { text } = settled.value
  const wraps = param('wrap') === 'on'
  void lastTickAt.value
  const window = windowOf(range.value)
  const addField = (path: string, value: string): void =>
    setParams({ fields: [...new Set([...settled.peek().fields, `${path}=${value}`])].join('\n') })
  const save = (): void =>
    saveFile(
      fileNameOf('log lines', 'ndjson'),
      tail.lines.map((line) => `${lineJson(line)}\n`).join(''),
      'application/x-ndjson',
    )
  const showsLevels = param('levels') === 'on'
  return (
    <div class="logs-page">
      <h1>Logs</h1>
      <LogFilters filter={settled.value} />
      {showsLevels && <Levels />}
      {error !== undefined && <Failure>{error}</Failure>}
      <RateBars
        lines={tail.lines}
        fromMs={window.from}
        toMs={window.to}
        onRange={(from, to) => setRange(String(from), String(to))}
      />
      <div class="tail-bar">
        <p class="found">
          <LineCount tail={tail} isFirst={isFirst} />
        </p>
        <label class="check">
          <input
            type="checkbox"
            checked={wraps}
            onChange={({ currentTarget }) => setParams({ wrap: currentTarget.checked ? 'on' : undefined })}
          />
          Wrap
        </label>
        <button type="button" disabled={tail.lines.length === 0} onClick={save}>
          Save shown
        </button>
        <button
          type="button"
          aria-expanded={showsLevels}
          onClick={() => setParams({ levels: showsLevels ? undefined : 'on' })}
        >
          Levels
        </button>
      </div>
      {isFirst ? (
        <Loading height={400} />
      ) : tail.lines.length === 0 ? (
        <Nothing tail={tail} />
      ) : (
        <TailView
          key={filterKey.value}
          tail={tail}
          isLive={isLive.value}
          isAtEnd={isAtEnd}
          wraps={wraps}
          marks={[text, param('mark')]}
          opened={param('line')}
          onOpened={(key) => setParams({ line: key })}
          onField={addField}
          onModule={(module) => setParams({ module })}
        />
      )}
    </div>
  )
}

function filterInAddress(): LogFilter {
  return {
    level: param('level'),
    module: param('module'),
    text: param('text'),
    trace: param('trace'),
    fields: fieldsIn(param('fields')),
  }
}

function LineCount({ tail, isFirst }: { readonly tail: TailLines; readonly isFirst: boolean }): JSX.Element {
  const { lines, kept, missed } = tail
  if (isFirst || kept === undefined) return <> </>
  const gone = kept.dropped > 0 ? `, ${formatNumber(kept.dropped, 'none')} older ones are gone` : ''
  return (
    <>
      <strong>{formatNumber(lines.length, 'none')}</strong> {lines.length === 1 ? 'line' : 'lines'}
      <span class="muted">
        {' '}
        · the service holds {formatNumber(kept.lines, 'none')} ({formatNumber(kept.bytes, 'bytes')}){gone}
        {tail.let > 0 && ` · ${formatNumber(tail.let, 'none')} older ones let go of by this page`}
      </span>
      {missed > 0 && <span class="tone-warning"> · {formatNumber(missed, 'none')} came and went unseen</span>}
    </>
  )
}

function Nothing({ tail }: { readonly tail: TailLines }): JSX.Element {
  if ((tail.kept?.lines ?? 0) === 0) {
    return (
      <Empty title="No lines yet">
        What <code>boxman.logger('wallet').info(…)</code> writes, and <code>Request completed</code> of instrumented
        servers, appears here as it is written.
      </Empty>
    )
  }
  return (
    <Empty title="No line in this range is like that">
      The service holds {tail.kept?.lines} lines. Take a longer range, or fewer conditions.
    </Empty>
  )
}
