import type { JSX } from 'preact'
import { useJson } from '../../data/use-answer.ts'
import { formatNumber } from '../../format/number.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { Card } from '../../parts/card.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { addressOf } from '../../state/place.ts'
import type { StoreStatus } from './answers.ts'
import { numberAt } from './holdings.ts'

const MOST = 15

/** The metrics with the most series. */
export function SeriesByMetric({ values }: { readonly values: unknown }): JSX.Element {
  const { value, error } = useJson<StoreStatus>(`api/v1/status/tsdb?limit=${MOST}`, { everyMs: 30_000 }).state.value
  const limit = numberAt(values, 'metrics.maxSeriesPerMetric')
  const metrics = value?.data.seriesCountByMetricName ?? []
  const longest = Math.max(1, ...metrics.map((each) => each.value))
  return (
    <Card title="Metrics with the most series">
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined && error === undefined && <Loading />}
      {value !== undefined && (
        <>
          <ul class="bars">
            {metrics.map(({ name, value: count }) => (
              <li key={name} class={limit !== undefined && count >= limit ? 'tone-critical' : ''}>
                <a class="bar-name" href={addressOf('explore', { q: name })} title={name}>
                  <Breakable text={name} />
                </a>
                <span class="bar" aria-hidden="true">
                  <span style={{ width: `${(count / longest) * 100}%` }} />
                </span>
                <span class="bar-value">{formatNumber(count, 'none')}</span>
              </li>
            ))}
          </ul>
          <p class="note">
            {formatNumber(value.data.headStats.numSeries, 'none')} series in all
            {limit !== undefined && `; a metric may have ${formatNumber(limit, 'none')}, its buckets not counted`}. A
            label less is the cheapest series.
          </p>
        </>
      )}
    </Card>
  )
}
