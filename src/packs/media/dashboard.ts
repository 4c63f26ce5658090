import type { Dashboard, PanelRow } from '../dashboard.ts'
import { bucketsOf, quantileOf, quantilesOf, rateOf, shareOf } from '../expressions.ts'
import { cachesRow, poolsRow } from './rows.ts'

/** How people find films, how they play, how films come in. */
export function mediaDashboard(): Dashboard {
  return {
    id: 'media',
    title: 'Media',
    description: 'Discovery, playback and ingestion.',
    rows: [discoveryRow, playbackRow, ingestionRow, connectionsRow, cachesRow(), poolsRow()],
  }
}

const discoveryRow: PanelRow = {
  title: 'Discovery',
  needs: 'discovery_search_queries_total',
  panels: [
    {
      kind: 'time-series',
      title: 'Searches',
      description: 'A second, by what came of them.',
      unit: 'per-second',
      width: 12,
      queries: [{ expr: rateOf('discovery_search_queries_total', 'outcome'), legend: '{{outcome}}' }],
      stacked: true,
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Searches that found nothing',
      description: 'The part of the searches, by what is searched with. A rise: an index that is not kept up to date.',
      unit: 'percent-of-one',
      width: 12,
      queries: [{ expr: shareOf('discovery_search_queries_total', 'outcome!="found"', 'kind'), legend: '{{kind}}' }],
      min: 0,
      max: 1,
    },
    {
      kind: 'time-series',
      title: 'Recommendations p95',
      description: '19 of 20 lists of recommendations take no longer, by how they are made.',
      unit: 'seconds',
      width: 12,
      needs: 'discovery_recommendation_duration_seconds_count',
      queries: [
        { expr: quantileOf(0.95, 'discovery_recommendation_duration_seconds', 'strategy'), legend: '{{strategy}}' },
      ],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Vector database p95',
      description: '19 of 20 operations take no longer.',
      unit: 'seconds',
      width: 12,
      needs: 'discovery_vector_db_duration_seconds_count',
      queries: [
        { expr: quantileOf(0.95, 'discovery_vector_db_duration_seconds', 'operation'), legend: '{{operation}}' },
      ],
      min: 0,
    },
  ],
}

const playbackRow: PanelRow = {
  title: 'Playback',
  needs: 'playback_start_duration_seconds_count',
  panels: [
    {
      kind: 'time-series',
      title: 'Start of a stream',
      description: 'From the wish to play to the first frame. Above two seconds viewers begin to leave.',
      unit: 'seconds',
      queries: quantilesOf('playback_start_duration_seconds'),
      thresholds: [{ from: 2, level: 'warning' }],
      min: 0,
    },
    {
      kind: 'heatmap',
      title: 'Starts by duration',
      description: 'How many streams a second took how long to start.',
      unit: 'seconds',
      expr: bucketsOf('playback_start_duration_seconds'),
    },
    {
      kind: 'time-series',
      title: 'Changes of bitrate',
      description: 'A second. Many down: networks, or servers, that do not keep up.',
      unit: 'per-second',
      needs: 'playback_bitrate_changes_total',
      queries: [{ expr: rateOf('playback_bitrate_changes_total', 'direction'), legend: '{{direction}}' }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Standing still',
      description: 'How often a second a stream stood still.',
      unit: 'per-second',
      needs: 'playback_buffering_duration_seconds_count',
      queries: [{ expr: rateOf('playback_buffering_duration_seconds_count'), legend: 'stalls' }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Length of a stall',
      description: '19 of 20 stalls are no longer.',
      unit: 'seconds',
      needs: 'playback_buffering_duration_seconds_count',
      queries: [{ expr: quantileOf(0.95, 'playback_buffering_duration_seconds'), legend: 'p95' }],
      min: 0,
    },
  ],
}

const ingestionRow: PanelRow = {
  title: 'Ingestion',
  needs: 'ingestion_uploads_total',
  panels: [
    {
      kind: 'time-series',
      title: 'Uploads',
      description: 'Ended a second, by what they are and what came of them.',
      unit: 'per-second',
      width: 12,
      queries: [{ expr: rateOf('ingestion_uploads_total', 'kind, outcome'), legend: '{{kind}}: {{outcome}}' }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Uploaded',
      description: 'Bytes a second, those of failed uploads included.',
      unit: 'bytes-per-second',
      width: 12,
      queries: [{ expr: rateOf('ingestion_upload_bytes_total', 'kind'), legend: '{{kind}}' }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Processing p95',
      description: '19 of 20 uploads can be played after that time.',
      unit: 'seconds',
      width: 12,
      needs: 'ingestion_processing_duration_seconds_count',
      queries: [{ expr: quantileOf(0.95, 'ingestion_processing_duration_seconds', 'kind'), legend: '{{kind}}' }],
      min: 0,
    },
    {
      kind: 'time-series',
      title: 'Metadata extraction p95',
      description: '19 of 20 files take no longer to say what they are.',
      unit: 'seconds',
      width: 12,
      needs: 'ingestion_metadata_extraction_duration_seconds_count',
      queries: [
        { expr: quantileOf(0.95, 'ingestion_metadata_extraction_duration_seconds', 'kind'), legend: '{{kind}}' },
      ],
      min: 0,
    },
  ],
}

const connectionsRow: PanelRow = {
  title: 'Connections',
  needs: 'active_connections',
  panels: [
    {
      kind: 'time-series',
      title: 'Open connections',
      description: 'As the application counts them.',
      unit: 'short',
      width: 24,
      queries: [{ expr: 'sum(active_connections)', legend: 'open' }],
      min: 0,
    },
  ],
}
