import type { JSX } from 'preact'
import { askJson } from '../../data/ask.ts'
import { instant } from '../../data/prometheus.ts'
import type { Labels } from '../../data/series.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { Badge, Failure, Loading } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import { countText } from './instant-view.tsx'
import { factsOf, type Metadata } from './metadata.ts'
import { groupsOf, labelsOf } from './metric-tree.ts'
import { insert } from './session.ts'
import { useAsked } from './use-asked.ts'

const EVERY_MS = 30_000
const MOST_SERIES = 5000
const MOST_VALUES = 8
/** So many that are found are all shown at once. */
const FEW = 30

/** What there is to ask for: the metrics by the first word of their names, with how many series each has. */
export function MetricExplorer({
  names,
  metadata,
}: {
  readonly names: readonly string[]
  readonly metadata: Metadata
}): JSX.Element {
  const counts = useAsked('counts', EVERY_MS, async ({ to }, signal) => {
    const { data } = await instant('count by (__name__) ({__name__!=""})', to, signal)
    const found = data.resultType === 'vector' ? data.result : []
    return new Map(found.map(({ metric, value }) => [metric['__name__'] ?? '', Number(value?.[1] ?? 0)]))
  })
  const groups = groupsOf(names, param('find'))
  const found = groups.reduce((sum, { names }) => sum + names.length, 0)
  const isSearching = param('find') !== ''
  const chosen = param('metric')
  return (
    <aside class="metrics card" aria-label="Metrics">
      <header class="card-head">
        <h2>Metrics</h2>
        <span class="muted">{isSearching ? `${found} of ${names.length}` : names.length}</span>
      </header>
      <input
        type="search"
        aria-label="Find a metric"
        placeholder="Find a metric"
        value={param('find')}
        onInput={({ currentTarget }) => setParams({ find: currentTarget.value })}
      />
      {chosen !== '' && <MetricDetails name={chosen} metadata={metadata} count={counts.value.data?.get(chosen)} />}
      {counts.value.error !== undefined && <Failure>{counts.value.error}</Failure>}
      <div class="metric-groups" tabIndex={0} role="region" aria-label="Metrics by name">
        {found === 0 && <p class="none">No metric has such a name.</p>}
        {groups.map(({ prefix, names }) => (
          <details key={`${prefix} ${isSearching}`} open={groups.length === 1 || (isSearching && found <= FEW)}>
            <summary>
              {prefix} <span class="muted">{names.length}</span>
            </summary>
            <ul>
              {names.map((name) => (
                <li key={name}>
                  <button
                    type="button"
                    aria-pressed={name === chosen}
                    title={factsOf(metadata, name)?.help}
                    onClick={() => {
                      setParams({ metric: name })
                      insert(name)
                    }}
                  >
                    <span>
                      <Breakable text={name} />
                    </span>
                    <span class="muted">{counts.value.data?.get(name) ?? ''}</span>
                  </button>
                </li>
              ))}
            </ul>
          </details>
        ))}
      </div>
    </aside>
  )
}

interface SeriesAnswer {
  readonly data: readonly Labels[]
}

function MetricDetails({
  name,
  metadata,
  count,
}: {
  readonly name: string
  readonly metadata: Metadata
  readonly count: number | undefined
}): JSX.Element {
  const facts = factsOf(metadata, name)
  const { data, error } = useAsked(name, EVERY_MS, async ({ from, to }, signal) => {
    const form = {
      'match[]': `{__name__=${JSON.stringify(name)}}`,
      start: String(from / 1000),
      end: String(to / 1000),
      limit: String(MOST_SERIES),
    }
    return labelsOf((await askJson<SeriesAnswer>('api/v1/series', { form, signal })).data)
  }).value
  return (
    <section class="metric-details" aria-label={name}>
      <header>
        <h3 class="mono">
          <Breakable text={name} />
        </h3>
        <button type="button" class="link" onClick={() => setParams({ metric: undefined })}>
          Close
        </button>
      </header>
      <p class="metric-facts">
        <Badge tone="neutral">{facts?.type ?? 'unknown'}</Badge>
        {count !== undefined && <span class="muted">{countText(count)}</span>}
      </p>
      {facts !== undefined && facts.help !== '' && <p>{facts.help}</p>}
      {error !== undefined && <Failure>{error}</Failure>}
      {data === undefined && error === undefined && <Loading height={60} />}
      {data?.map(({ name: label, values }) => (
        <details key={label}>
          <summary>
            {label} <span class="muted">{values.length === 1 ? '1 value' : `${values.length} values`}</span>
          </summary>
          <ul>
            {values.slice(0, MOST_VALUES).map(([value, series]) => (
              <li key={value}>
                <button
                  type="button"
                  title={`Insert ${name}{${label}=${JSON.stringify(value)}}`}
                  onClick={() => insert(`${name}{${label}=${JSON.stringify(value)}}`)}
                >
                  <span>{value}</span>
                  <span class="muted">{series}</span>
                </button>
              </li>
            ))}
            {values.length > MOST_VALUES && <li class="muted">and {values.length - MOST_VALUES} more</li>}
          </ul>
        </details>
      ))}
    </section>
  )
}
