import type { JaegerTag } from 'boxman/tracing'
import type { JSX } from 'preact'
import { formatExactTime } from '../../format/number.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Badge } from '../../parts/states.tsx'
import { addressOf, param } from '../../state/place.ts'
import { formatMs } from './duration.ts'
import type { SpanNode, Trace } from './trace.ts'

interface SpanDetailProps {
  readonly node: SpanNode
  readonly trace: Trace
  readonly onFind: (text: string) => void
  readonly onClose: () => void
}

/** All that a span holds. */
export function SpanDetail({ node, trace, onFind, onClose }: SpanDetailProps): JSX.Element {
  const { span } = node
  return (
    <div class="span-detail">
      <div class="span-detail-head">
        <p>
          <strong>{span.name}</strong> <span class="muted">{span.service}</span>{' '}
          {span.isError && <Badge tone="critical">failed</Badge>}
        </p>
        <button type="button" class="icon-button" aria-label="Close the span" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {span.message !== undefined && <p class="failure">{span.message}</p>}
      {span.warnings.map((warning) => (
        <p key={warning} class="note">
          {warning}
        </p>
      ))}
      <dl class="span-facts">
        <Fact name="Start">
          {formatExactTime(span.startMs)} <span class="muted">(+{formatMs(span.startMs - trace.startMs)})</span>
        </Fact>
        <Fact name="Duration">{formatMs(span.endMs - span.startMs)}</Fact>
        <Fact name="Kind">{span.kind}</Fact>
        <Fact name="Span id">
          <code>{span.id}</code>
        </Fact>
      </dl>
      <div class="span-detail-parts">
        <Tags title="Attributes" tags={span.tags} onFind={onFind} />
        <Tags title="Process" tags={span.resource} onFind={onFind} />
        {span.events.length > 0 && (
          <section>
            <h2>Events</h2>
            <ul class="events">
              {span.events.map(({ atMs, name, fields }, i) => (
                <li key={`${i} ${atMs}`}>
                  <span class="muted">+{formatMs(atMs - trace.startMs)}</span> <strong>{name}</strong>
                  {fields.map(({ key, value }) => (
                    <p key={key} class="event-field">
                      <span class="muted">{key}</span> <code>{String(value)}</code>
                    </p>
                  ))}
                </li>
              ))}
            </ul>
          </section>
        )}
        {span.links.length > 0 && (
          <section>
            <h2>Links</h2>
            <ul class="events">
              {span.links.map(({ traceId, spanId }) => (
                <li key={`${traceId} ${spanId}`}>
                  <a href={addressOf(`traces/${traceId}`, { span: spanId, back: param('back') })}>
                    <code>{traceId === trace.id ? 'this trace' : traceId}</code>
                  </a>{' '}
                  <span class="muted">span {spanId}</span>
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </div>
  )
}

function Fact({
  name,
  children,
}: {
  readonly name: string
  readonly children: JSX.Element | JSX.Element[] | string | (string | JSX.Element)[]
}): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface TagsProps {
  readonly title: string
  readonly tags: readonly JaegerTag[]
  readonly onFind: (text: string) => void
}

function Tags({ title, tags, onFind }: TagsProps): JSX.Element | null {
  if (tags.length === 0) return null
  return (
    <section>
      <h2>{title}</h2>
      <table class="tags">
        <tbody>
          {tags.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row">
                <Breakable text={key} />
              </th>
              <td>
                <code>{String(value)}</code>
              </td>
              <td>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={`Find spans with ${key}=${String(value)}`}
                  title="Find spans with this value"
                  onClick={() => onFind(`${key}=${String(value)}`)}
                >
                  <Icon name="search" size={14} />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
