import type { LabelledCounter, LabelledHistogram, Registry } from '../../metrics/index.ts'
import { observeMs } from '../duration.ts'

const EXTRACTION_SECONDS = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30]
const PROCESSING_SECONDS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600]

export interface IngestionStep {
  /** Such as `film` or `subtitles`: a word of a short list. */
  readonly kind: string
  /** Default `ok`. */
  readonly outcome?: 'ok' | 'failed'
}

export interface TimedIngestionStep extends IngestionStep {
  readonly durationMs: number
}

export interface Upload extends IngestionStep {
  /** How much arrived, also of one that failed. */
  readonly bytes: number
}

/**
 * How media come in: `ingestion_uploads_total{kind,outcome}`, `ingestion_upload_bytes_total{kind}`,
 * `ingestion_processing_duration_seconds{kind,outcome}` and `ingestion_metadata_extraction_duration_seconds{kind,outcome}`.
 */
export class IngestionMetrics {
  /** `badDurations`: below zero or NaN; not recorded. */
  readonly stats: { badDurations: number } = { badDurations: 0 }
  readonly #uploads: LabelledCounter<'kind' | 'outcome'>
  readonly #bytes: LabelledCounter<'kind'>
  readonly #processing: LabelledHistogram<'kind' | 'outcome'>
  readonly #extraction: LabelledHistogram<'kind' | 'outcome'>

  constructor(registry: Registry) {
    const labelNames = ['kind', 'outcome'] as const
    this.#uploads = registry.counter({ name: 'ingestion_uploads_total', help: 'Uploads that ended.', labelNames })
    this.#bytes = registry.counter({
      name: 'ingestion_upload_bytes_total',
      help: 'What was uploaded.',
      labelNames: ['kind'],
    })
    this.#processing = registry.histogram({
      name: 'ingestion_processing_duration_seconds',
      help: 'Time from an upload to what can be played.',
      labelNames,
      buckets: PROCESSING_SECONDS,
    })
    this.#extraction = registry.histogram({
      name: 'ingestion_metadata_extraction_duration_seconds',
      help: 'Time to read what a file says about itself.',
      labelNames,
      buckets: EXTRACTION_SECONDS,
    })
  }

  /** @throws RangeError unless `bytes` is a finite number >= 0. */
  uploaded({ kind, outcome = 'ok', bytes }: Upload): void {
    this.#bytes.inc({ kind }, bytes)
    this.#uploads.inc({ kind, outcome })
  }

  processed({ kind, outcome = 'ok', durationMs }: TimedIngestionStep): void {
    observeMs(this.#processing.labels({ kind, outcome }), durationMs, this.stats)
  }

  metadataExtracted({ kind, outcome = 'ok', durationMs }: TimedIngestionStep): void {
    observeMs(this.#extraction.labels({ kind, outcome }), durationMs, this.stats)
  }
}
