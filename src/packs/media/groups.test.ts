import { expect, it } from 'vitest'
import { Registry } from '../../metrics/index.ts'
import { media } from '../index.ts'

async function told(registry: Registry): Promise<Record<string, number | string>> {
  const families = await registry.collect()
  return Object.fromEntries(
    families.flatMap(({ name, series }) =>
      series.map((one) => [
        [name, ...Object.values(one.labels)].join(' '),
        'value' in one ? one.value : 'sum' in one ? `${one.count}: ${one.sum}` : NaN,
      ]),
    ),
  )
}

it('a group of the media pack is there once it is asked for (M9)', async () => {
  const registry = new Registry()
  const pack = media().install(registry)
  expect(await told(registry)).toEqual({})
  pack.playback.buffered(NaN)
  expect(pack.playback.stats).toEqual({ badDurations: 1 })
  expect(await told(registry)).toEqual({
    playback_start_duration_seconds: '0: 0',
    'playback_bitrate_changes_total up': 0,
    'playback_bitrate_changes_total down': 0,
    playback_buffering_duration_seconds: '0: 0',
  })
})

it('discovery: searches, recommendations, the vector database (M9)', async () => {
  const registry = new Registry()
  const { discovery } = media().install(registry)
  discovery.searched({ kind: 'text', outcome: 'found' })
  discovery.searched({ kind: 'text', outcome: 'found' })
  discovery.searched({ kind: 'voice', outcome: 'failed' })
  discovery.recommended('similar', 250)
  discovery.recommended('similar', -1)
  discovery.vectorQueried('search', 125)
  expect(await told(registry)).toEqual({
    'discovery_search_queries_total text found': 2,
    'discovery_search_queries_total voice failed': 1,
    'discovery_recommendation_duration_seconds similar': '1: 0.25',
    'discovery_vector_db_duration_seconds search': '1: 0.125',
  })
  expect(discovery.stats).toEqual({ badDurations: 1 })
})

it('playback: starts, bitrates, buffering (M9)', async () => {
  const registry = new Registry()
  const { playback } = media().install(registry)
  playback.started(1500)
  for (const [from, to] of [
    [720, 1080],
    [1080, 480],
    [480, 360],
    [360, 360],
  ] as const) {
    playback.bitrateChanged(from, to)
  }
  playback.buffered(500)
  playback.buffered(750)
  expect(await told(registry)).toEqual({
    playback_start_duration_seconds: '1: 1.5',
    'playback_bitrate_changes_total up': 1,
    'playback_bitrate_changes_total down': 2,
    playback_buffering_duration_seconds: '2: 1.25',
  })
  expect(() => playback.bitrateChanged(NaN, 1)).toThrow('bitrates NaN and 1 must be numbers >= 0')
})

it('ingestion: uploads, processing, metadata (M9)', async () => {
  const registry = new Registry()
  const { ingestion } = media().install(registry)
  ingestion.uploaded({ kind: 'film', bytes: 1000 })
  ingestion.uploaded({ kind: 'film', bytes: 24, outcome: 'failed' })
  ingestion.metadataExtracted({ kind: 'film', durationMs: 250 })
  ingestion.metadataExtracted({ kind: 'film', durationMs: 500, outcome: 'failed' })
  ingestion.processed({ kind: 'film', durationMs: 2000 })
  ingestion.processed({ kind: 'film', durationMs: Infinity })
  expect(await told(registry)).toEqual({
    'ingestion_uploads_total film ok': 1,
    'ingestion_uploads_total film failed': 1,
    'ingestion_upload_bytes_total film': 1024,
    'ingestion_processing_duration_seconds film ok': '1: 2',
    'ingestion_metadata_extraction_duration_seconds film ok': '1: 0.25',
    'ingestion_metadata_extraction_duration_seconds film failed': '1: 0.5',
  })
  expect(() => ingestion.uploaded({ kind: 'film', bytes: -1 })).toThrow(RangeError)
})
