import type { JSX } from 'preact'
import { useAnswer } from '../../data/use-answer.ts'
import { askJson } from '../../data/ask.ts'
import { facts } from '../../data/facts.ts'
import { formatExactTime, formatMoment, formatNumber } from '../../format/number.ts'
import { Age } from '../../parts/age.tsx'
import { Card } from '../../parts/card.tsx'
import { FactList } from '../../parts/fact-list.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { addressOf, param, setParams } from '../../state/place.ts'
import type { ErrorGroup, ErrorsAnswer, RecentError } from './answers.ts'
import { titleOf } from './error-list.tsx'
import { ErrorRates } from './error-rates.tsx'
import { SeverityBadge } from './severity-badge.tsx'
import { framesOf, type StackFrame } from './stack-frames.ts'

interface Shown {
  readonly group: ErrorGroup
  readonly recent: readonly RecentError[]
}

/** All that is known of one group. */
export function ErrorGroupPage({ fingerprint }: { readonly fingerprint: string }): JSX.Element {
  const { value, error } = useAnswer(
    fingerprint,
    async (signal): Promise<Shown> => {
      const [group, { recent }] = await Promise.all([
        askJson<ErrorGroup>(`diagnostics/errors/${encodeURIComponent(fingerprint)}`, { signal }),
        askJson<ErrorsAnswer>('diagnostics/errors?limit=1000', { signal }),
      ])
      return { group, recent: recent.filter((one) => one.fingerprint === fingerprint) }
    },
    { topic: 'errors' },
  ).state.value
  return (
    <>
      <p class="crumbs">
        <a href={addressOf('errors')}>All errors</a>
      </p>
      {value === undefined && <h1>Error {fingerprint}</h1>}
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined ? error === undefined && <Loading height={300} /> : <Group {...value} />}
    </>
  )
}

function Group({ group, recent }: Shown): JSX.Element {
  const { name, message, severity, category, code, count, route, causes, stack } = group
  const { traces, logs } = facts.value?.parts ?? {}
  return (
    <>
      <h1>{titleOf(group)}</h1>
      {name !== null && <p class="error-lead">{message}</p>}
      <p class="error-about">
        <SeverityBadge severity={severity} />
        <span>{category}</span>
        {code !== null && <code>{code}</code>}
      </p>
      <h2 class="part">As it was last</h2>
      <div class="grid error-detail">
        <div class="cell cell-16">
          <Stack frames={framesOf(stack ?? [])} />
          {causes.length > 0 && (
            <Card title="Caused by">
              <ol class="causes">
                {causes.map((cause) => (
                  <li key={`${cause.name} ${cause.message}`}>
                    <strong>{cause.name}</strong> {cause.code !== null && <code>{cause.code}</code>}
                    <p>{cause.message}</p>
                  </li>
                ))}
              </ol>
            </Card>
          )}
        </div>
        <div class="cell cell-8">
          <Card title="What is known">
            <FactList
              facts={[
                ['Count', formatNumber(count)],
                ['Last seen', <Age key="last" at={group.last_seen} />],
                ['First seen', <Age key="first" at={group.first_seen} />],
                ['Route', route],
                [
                  'Last trace',
                  group.trace_id !== null && traces === true ? (
                    <a key="trace" href={addressOf(`traces/${group.trace_id}`)}>
                      <code>{group.trace_id.slice(0, 16)}…</code>
                    </a>
                  ) : (
                    group.trace_id
                  ),
                ],
                [
                  'Log lines',
                  logs === true ? (
                    <a
                      key="logs"
                      href={addressOf('logs', group.trace_id === null ? { text: message } : { trace: group.trace_id })}
                    >
                      {group.trace_id === null ? 'with this message' : 'of the last trace'}
                    </a>
                  ) : null,
                ],
                ['Correlation id', group.correlation_id === null ? null : <code>{group.correlation_id}</code>],
                ['Fingerprint', <code key="fingerprint">{group.fingerprint}</code>],
              ]}
            />
          </Card>
          <Recent recent={recent} />
        </div>
      </div>
      <h2 class="part">How often</h2>
      <ErrorRates category={category} />
    </>
  )
}

/** The application's own code stands out; the rest is there when it is asked for. */
function Stack({ frames }: { readonly frames: readonly StackFrame[] }): JSX.Element {
  const own = frames.filter(({ owner }) => owner === 'own')
  const showsAll = own.length === 0 || param('frames') !== 'own'
  const shown = showsAll ? frames : own
  return (
    <Card
      title="Stack"
      actions={
        own.length > 0 &&
        own.length < frames.length && (
          <label class="check">
            <input
              type="checkbox"
              checked={!showsAll}
              onChange={({ currentTarget }) => setParams({ frames: currentTarget.checked ? 'own' : undefined })}
            />{' '}
            own code only
          </label>
        )
      }
    >
      {frames.length === 0 ? (
        <p class="none">It was described and not thrown: there is no stack.</p>
      ) : (
        <ol class="stack" tabIndex={0} aria-label="Stack">
          {shown.map(({ text, owner, call, place }) => (
            <li key={text} class={`frame-${owner}`}>
              <span class="frame-call">{call ?? '(top level)'}</span> <span class="frame-place">{place}</span>
              {owner === 'library' && <span class="frame-owner"> library</span>}
            </li>
          ))}
        </ol>
      )}
    </Card>
  )
}

const MOST_RECENT = 12

function Recent({ recent }: { readonly recent: readonly RecentError[] }): JSX.Element | null {
  if (recent.length === 0) return null
  return (
    <Card title="Lately" description="Of the last hundred errors, those of this group.">
      <ul class="recent">
        {recent.slice(0, MOST_RECENT).map(({ time, message }, i) => (
          <li key={`${time} ${i}`}>
            <time dateTime={time ?? undefined} title={time === null ? undefined : formatMoment(Date.parse(time))}>
              {time === null ? '–' : formatExactTime(Date.parse(time))}
            </time>
            <span title={message}>{message}</span>
          </li>
        ))}
      </ul>
      {recent.length > MOST_RECENT && <p class="note">and {recent.length - MOST_RECENT} more</p>}
    </Card>
  )
}
