import type { Registry } from '../../metrics/index.ts'
import { publishTotals } from '../publish.ts'
import type { Ingestion } from './ingestion.ts'

/** What the receivers count, as metrics. */
export function publishIngestion(metrics: Registry, { stats }: Ingestion): void {
  publishTotals(metrics, {
    ingest_requests: ['Requests that brought samples.', () => stats.requests],
    ingest_refused: ['Requests answered with an error, all or in part.', () => stats.refused],
    ingest_busy: ['Requests told to come again: too many at once.', () => stats.busy],
    ingest_samples: ['Samples and histograms taken.', () => stats.samples + stats.histograms],
    ingest_lost: ['Samples and histograms that were sent and are not in the store.', () => stats.lost],
  })
}
