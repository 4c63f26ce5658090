import type { JSX } from 'preact'
import { formatAge, formatExactTime, formatMoment } from '../../format/number.ts'
import { Badge } from '../../parts/states.tsx'
import { addressOf } from '../../state/place.ts'
import type { TraceSummary } from './ask-traces.ts'
import { errorsText, formatMs } from './duration.ts'

/** A trace a row; its whole row leads to it. */
export function TraceList({ traces }: { readonly traces: readonly TraceSummary[] }): JSX.Element {
  const longest = Math.max(...traces.map(({ durationMs }) => durationMs), Number.MIN_VALUE)
  const back = window.location.hash
  return (
    <ul class="trace-list" aria-label="Traces">
      {traces.map(({ traceId, startMs, durationMs, root, spans, errors, services, partial }) => (
        <li key={traceId}>
          <a href={addressOf(`traces/${traceId}`, { back })} class="trace-row">
            <span class="trace-when" title={formatMoment(startMs)}>
              {formatExactTime(startMs)}
              <span class="muted">{formatAge(startMs)} ago</span>
            </span>
            <span class="trace-what">
              <strong title={root.name}>{root.name}</strong>
              <span class="muted">{root.service}</span>
            </span>
            <span class="trace-duration">
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${Math.max(0.5, (durationMs / longest) * 100)}%` }} />
              </span>
              <span class="trace-ms">{formatMs(durationMs)}</span>
            </span>
            <span class="trace-facts">
              <span>
                {spans} {spans === 1 ? 'span' : 'spans'}
              </span>
              {Object.keys(services).length > 1 && (
                <span title={Object.keys(services).join(', ')}>{Object.keys(services).length} services</span>
              )}
              {errors > 0 && <Badge tone="critical">{errorsText(errors)}</Badge>}
              {partial && <Badge tone="warning">incomplete</Badge>}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}
