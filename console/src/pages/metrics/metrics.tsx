import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { JSX } from 'preact'
import { askJson, reasonOf } from '../../data/ask.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { Badge, Empty, Failure, Loading } from '../../parts/states.tsx'
import { addressOf, param, setParams } from '../../state/place.ts'
import type { Metric } from './asked.ts'
import { MetricDetail } from './metric-detail.tsx'
import './metrics.css'

interface Metadata {
  readonly data: Readonly<Record<string, readonly { readonly type: string; readonly help: string }[]>>
}

/** Whatever the service measures: found by name, drawn by its type, broken down by its labels. */
export default function Metrics(): JSX.Element {
  const metrics = useSignal<readonly Metric[] | undefined>(undefined)
  const error = useSignal('')
  useEffect(() => {
    askJson<Metadata>('api/v1/metadata').then(
      ({ data }) => {
        metrics.value = Object.entries(data).map(([name, [first]]) => ({
          name,
          type: first?.type ?? 'unknown',
          help: first?.help ?? '',
        }))
      },
      (failed: unknown) => {
        error.value = reasonOf(failed)
      },
    )
  }, [])
  const [find, chosen] = [param('find'), param('metric')]
  const metric = metrics.value?.find(({ name }) => name === chosen)
  return (
    <>
      <h1>Metrics</h1>
      {error.value !== '' && <Failure>{error.value}</Failure>}
      {metrics.value === undefined ? (
        error.value === '' && <Loading height={300} />
      ) : (
        <div class={chosen === '' ? 'metrics' : 'metrics chosen'}>
          <MetricList metrics={metrics.value} find={find} chosen={chosen} />
          <div class="metric">
            {metric !== undefined ? (
              <MetricDetail key={metric.name} metric={metric} />
            ) : chosen === '' ? (
              <Empty title={`${metrics.value.length} metrics`}>
                Choose one: it is drawn as its type asks for, and broken down by any of its labels.
              </Empty>
            ) : (
              <Empty title={`There is no metric “${chosen}”`}>
                The service has none of that name now. <a href={addressOf('metrics')}>All metrics</a>
              </Empty>
            )}
          </div>
        </div>
      )}
    </>
  )
}

interface MetricListProps {
  readonly metrics: readonly Metric[]
  readonly find: string
  readonly chosen: string
}

function MetricList({ metrics, find, chosen }: MetricListProps): JSX.Element {
  const words = find.toLowerCase().split(/\s+/)
  const found = metrics.filter(({ name, help }) => {
    const text = `${name} ${help}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
  return (
    <section class="card metric-list" aria-label="All metrics">
      <input
        type="search"
        aria-label="Find a metric"
        placeholder="Find by name or meaning"
        value={find}
        onInput={({ currentTarget }) => setParams({ find: currentTarget.value })}
      />
      <p class="note" role="status">
        {found.length} of {metrics.length}
      </p>
      <ul>
        {found.map(({ name, type, help }) => (
          <li key={name}>
            <a
              href={addressOf('metrics', { find, metric: name })}
              aria-current={name === chosen ? 'true' : undefined}
              title={help}
            >
              <span class="metric-name">
                <Breakable text={name} />
              </span>
              <Badge tone="neutral">{type}</Badge>
              <span class="metric-help muted">{help}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}
