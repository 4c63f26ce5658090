import type { JSX } from 'preact'
import { useMetricNames } from '../../data/metric-names.ts'
import { useJson } from '../../data/use-answer.ts'
import { Failure, Loading } from '../../parts/states.tsx'
import type { Configured } from './answers.ts'
import './cost.css'
import { HELD, QUEUES } from './holdings.ts'
import { Held } from './held.tsx'
import { Lost } from './lost.tsx'
import { SeriesByMetric } from './series-by-metric.tsx'
import { Time } from './time.tsx'

/** What the observation itself takes. */
export default function Cost(): JSX.Element {
  const { value: names, error: namesError } = useMetricNames()
  const { value, error = namesError } = useJson<Configured>('config', { everyMs: 30_000 }).state.value
  return (
    <>
      <h1>Cost of Boxman</h1>
      <p class="lead">What it takes to observe this service: time, memory, what waits and what had to go.</p>
      {error !== undefined && <Failure>{error}</Failure>}
      {names === undefined || value === undefined ? (
        error === undefined && <Loading height={300} />
      ) : (
        <>
          <Time />
          <div class="grid cost-halves">
            <div class="cell cell-12">
              <Held
                title="What it holds"
                description="Of each, how much of its room is taken. At the ceiling the oldest goes."
                holdings={HELD.filter(({ needs }) => names.has(needs))}
                values={value.values}
              />
            </div>
            <div class="cell cell-12">
              <Held
                title="What waits"
                description="On its way to somebody else."
                holdings={QUEUES.filter(({ needs }) => names.has(needs))}
                values={value.values}
                none="Nothing is sent anywhere: no log shipping, no remote write, no alerting."
              />
              <SeriesByMetric values={value.values} />
            </div>
          </div>
          <Lost names={names} />
        </>
      )}
    </>
  )
}
