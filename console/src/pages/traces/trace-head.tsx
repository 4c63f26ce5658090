import type { JSX } from 'preact'
import { fileNameOf, saveFile } from '../../charts/export.ts'
import { facts } from '../../data/facts.ts'
import { formatAge, formatExactTime, formatMoment, formatNumber } from '../../format/number.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Badge } from '../../parts/states.tsx'
import { addressOf } from '../../state/place.ts'
import type { LoadedTrace } from './ask-traces.ts'
import { clockGaps } from './clocks.ts'
import { CompareWith } from './compare-with.tsx'
import { type PathPart, timeOnPath } from './critical-path.ts'
import { errorsText, formatMs } from './duration.ts'
import type { SpanNode, Trace } from './trace.ts'

interface TraceHeadProps {
  readonly loaded: LoadedTrace
  readonly colours: ReadonlyMap<string, string>
  readonly path: readonly PathPart[]
  readonly onSpan: (node: SpanNode) => void
}

const MOST_ERRORS = 20
const MOST_OF_PATH = 3

/** What the trace is, what went wrong in it, and what can be done with it. */
export function TraceHead({ loaded, colours, path, onSpan }: TraceHeadProps): JSX.Element {
  const { trace, raw } = loaded
  const root = trace.roots[0]?.span
  // What failed first, from the bottom up: the others may have failed of it.
  const errors = [...trace.errors].sort((a, b) => Number(a.errorsBelow > 0) - Number(b.errorsBelow > 0))
  const length = trace.endMs - trace.startMs
  const save = (): void =>
    saveFile(
      fileNameOf(`trace ${trace.id}`, 'json'),
      JSON.stringify({ data: [raw], total: 1, limit: 0, offset: 0, errors: null }, null, 2),
      'application/json',
    )
  return (
    <>
      <div class="trace-head">
        <h1>{root?.name ?? 'Trace'}</h1>
        {trace.errors.length > 0 && <Badge tone="critical">{errorsText(trace.errors.length)}</Badge>}
        {trace.isPartial && <Badge tone="warning">incomplete</Badge>}
      </div>
      <p class="lead">
        {formatMoment(trace.startMs, false) === '' ? '' : `${formatMoment(trace.startMs).slice(0, 10)} `}
        {formatExactTime(trace.startMs)} ({formatAge(trace.startMs)} ago) · <strong>{formatMs(length)}</strong> ·{' '}
        {trace.nodes.length} {trace.nodes.length === 1 ? 'span' : 'spans'}
      </p>
      <p class="trace-actions">
        <code class="trace-id">{trace.id}</code>
        <CopyButton text={() => trace.id}>Copy id</CopyButton>
        <button type="button" onClick={save}>
          Save as JSON
        </button>
        {facts.value?.parts.logs === true && (
          <a class="button" href={addressOf('logs', { trace: trace.id, from: undefined, to: undefined })}>
            Logs
          </a>
        )}
        <CompareWith trace={trace} />
      </p>
      <Notes trace={trace} />
      {trace.errors.length > 0 && (
        <section class="errors-first" aria-label="Errors">
          <ul>
            {errors.slice(0, MOST_ERRORS).map((node) => (
              <li key={node.span.id}>
                <button type="button" onClick={() => onSpan(node)}>
                  <span class="wf-error" aria-hidden="true">
                    ✕
                  </span>{' '}
                  <strong>{node.span.name}</strong> <span class="muted">{node.span.service}</span>{' '}
                  <span class="error-text">{reasonOf(node)}</span>
                </button>
              </li>
            ))}
          </ul>
          {trace.errors.length > MOST_ERRORS && (
            <p class="note">and {trace.errors.length - MOST_ERRORS} more in the spans below</p>
          )}
        </section>
      )}
      <div class="trace-summary">
        <ul class="services" aria-label="Services">
          {[...trace.services].map(([service, count]) => (
            <li key={service}>
              <span class="wf-service" style={{ background: colours.get(service) ?? '' }} aria-hidden="true" />
              {service} <span class="muted">{count}</span>
            </li>
          ))}
        </ul>
        <MostOfPath trace={trace} path={path} onSpan={onSpan} />
      </div>
    </>
  )
}

/** Where the time went. */
function MostOfPath({
  trace,
  path,
  onSpan,
}: {
  readonly trace: Trace
  readonly path: readonly PathPart[]
  readonly onSpan: (node: SpanNode) => void
}): JSX.Element {
  const times = timeOnPath(path)
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0)
  const most = [...times].sort(([, a], [, b]) => b - a).slice(0, MOST_OF_PATH)
  return (
    <p class="most-of-path">
      <span class="muted">Most of the time: </span>
      {most.map(([spanId, ms]) => {
        const node = trace.byId.get(spanId)
        return node === undefined ? null : (
          <button key={spanId} type="button" onClick={() => onSpan(node)}>
            {node.span.name} <strong>{formatNumber(total === 0 ? 0 : ms / total, 'percent-of-one', 0)}</strong>
          </button>
        )
      })}
    </p>
  )
}

function Notes({ trace }: { readonly trace: Trace }): JSX.Element | null {
  const gaps = clockGaps(trace)
  const { orphans, isPartial } = trace
  if (gaps.length === 0 && orphans.length === 0 && !isPartial) return null
  return (
    <ul class="trace-notes">
      {isPartial && <li>A process that took part may not have kept its own spans: the trace need not be whole.</li>}
      {orphans.length > 0 && (
        <li>
          {orphans.length === 1 ? 'One span' : `${orphans.length} spans`} began in a span that is not here, such as{' '}
          <code>{orphans[0]?.span.name}</code>: it stands by itself below.
        </li>
      )}
      {gaps.map(({ service, parentService, offMs, spans }) => (
        <li key={`${parentService} ${service}`}>
          The clock of {service} is {formatMs(Math.abs(offMs))} or more {offMs > 0 ? 'behind' : 'ahead of'} that of{' '}
          {parentService}, by {spans === 1 ? 'one span' : `${spans} spans`}. Spans stand where their own clocks put
          them.
        </li>
      ))}
    </ul>
  )
}

/** Of the most telling that there is. */
function reasonOf({ span }: SpanNode): string {
  if (span.message !== undefined) return span.message
  const exception = span.events.find(({ name }) => name === 'exception')
  const text = exception?.fields.find(({ key }) => key === 'exception.message')?.value
  if (text !== undefined) return String(text)
  const status = span.tags.find(({ key }) => key === 'http.response.status_code')?.value
  return status === undefined ? '' : `status ${String(status)}`
}
