import { afterAll, beforeAll, expect, it } from 'vitest'
import { ExampleService } from './support/example-service.ts'

let service: ExampleService

beforeAll(async () => {
  service = await ExampleService.start('media-service')
})
afterAll(() => service.process.stop('SIGKILL'))

async function send(line: string, body?: string): Promise<{ readonly status: number; readonly text: string }> {
  const [method = '', path = ''] = line.split(' ')
  const answer = await fetch(service.url + path, { method, ...(body === undefined ? {} : { body }) })
  return { status: answer.status, text: await answer.text() }
}

const FILMS = [
  'The Lighthouse\nA keeper and a storm. The keeper waits for the ship.',
  'The Ship\nA storm takes the ship. The keeper sees nothing.',
  'Dice\nA player throws the dice and wins against the house.',
]

it('a catalogue: discovery, playback and ingestion are the tally of its clients (M9, M2, M3)', async () => {
  for (const film of FILMS) expect((await send('POST /films', film)).status).toBe(201)
  expect((await send('POST /films', '\nno title')).status).toBe(422)
  expect((await send('POST /films', 'x'.repeat(70_000))).status).toBe(413)

  const found = JSON.parse((await send('GET /search?q=keeper')).text) as { id: string }[]
  expect(found.map(({ id }) => id).toSorted()).toEqual(['1', '2'])
  expect(JSON.parse((await send('GET /search?q=dice')).text)).toEqual([{ id: '3', title: 'Dice' }])
  expect((await send('GET /search?q=spaceship')).text).toBe('[]')
  for (let i = 0; i < 3; i++) {
    const [closest] = JSON.parse((await send('GET /films/1/similar')).text) as { title: string }[]
    expect(closest?.title).toBe('The Ship')
  }
  expect((await send('GET /films/9/similar')).status).toBe(404)
  expect((await send('GET /films/2/stream')).text).toBe(FILMS[1])

  for (const [report, status] of [
    ['started?ms=750', 204],
    ['started?ms=soon', 400],
    ['bitrate?from=1080&to=720', 204],
    ['bitrate?from=720&to=480', 204],
    ['bitrate?from=480&to=1080', 204],
    ['buffered?ms=1500', 204],
    ['buffered?ms=250', 204],
    ['paused?ms=1', 404],
  ] as const) {
    expect((await send(`POST /playback/${report}`)).status, report).toBe(status)
  }

  const counted = await service.samples('discovery_', 'playback_', 'ingestion_', 'cache_', 'active_connections')
  const timed = (name: string): void => {
    expect(counted[name.replace(/^\w+/, '$&_sum')], name).toBeGreaterThan(0)
    delete counted[name.replace(/^\w+/, '$&_sum')]
  }
  timed('discovery_recommendation_duration_seconds{strategy="similar"}')
  timed('discovery_vector_db_duration_seconds{operation="search"}')
  timed('ingestion_processing_duration_seconds{kind="screenplay",outcome="ok"}')
  timed('ingestion_metadata_extraction_duration_seconds{kind="screenplay",outcome="ok"}')
  expect(counted).toEqual({
    'discovery_search_queries_total{kind="text",outcome="found"}': 2,
    'discovery_search_queries_total{kind="text",outcome="empty"}': 1,
    'discovery_recommendation_duration_seconds_count{strategy="similar"}': 1,
    'discovery_vector_db_duration_seconds_count{operation="search"}': 4,
    playback_start_duration_seconds_sum: 0.75,
    playback_start_duration_seconds_count: 1,
    'playback_bitrate_changes_total{direction="up"}': 1,
    'playback_bitrate_changes_total{direction="down"}': 2,
    playback_buffering_duration_seconds_sum: 1.75,
    playback_buffering_duration_seconds_count: 2,
    'ingestion_uploads_total{kind="screenplay",outcome="ok"}': 3,
    'ingestion_uploads_total{kind="screenplay",outcome="failed"}': 2,
    'ingestion_upload_bytes_total{kind="screenplay"}': Buffer.byteLength(`${FILMS.join('')}\nno title`),
    'ingestion_processing_duration_seconds_count{kind="screenplay",outcome="ok"}': 3,
    'ingestion_metadata_extraction_duration_seconds_count{kind="screenplay",outcome="ok"}': 3,
    'cache_hits_total{cache_type="similar"}': 2,
    'cache_misses_total{cache_type="similar"}': 1,
    'cache_evictions_total{cache_type="similar"}': 0,
    'cache_hit_rate{cache_type="similar"}': expect.closeTo(2 / 3, 10),
    active_connections: 0,
  })

  const requests = await service.samples('http_requests_total{')
  expect(requests).toEqual({
    'http_requests_total{method="POST",path="/films",status="201"}': 3,
    'http_requests_total{method="POST",path="/films",status="422"}': 1,
    'http_requests_total{method="POST",path="/films",status="413"}': 1,
    'http_requests_total{method="GET",path="/search",status="200"}': 3,
    'http_requests_total{method="GET",path="/films/:id/similar",status="200"}': 3,
    'http_requests_total{method="GET",path="/films/:id/similar",status="404"}': 1,
    'http_requests_total{method="GET",path="/films/:id/stream",status="200"}': 1,
    'http_requests_total{method="POST",path="/playback/started",status="204"}': 1,
    'http_requests_total{method="POST",path="/playback/started",status="400"}': 1,
    'http_requests_total{method="POST",path="/playback/bitrate",status="204"}': 3,
    'http_requests_total{method="POST",path="/playback/buffered",status="204"}': 2,
    'http_requests_total{method="POST",path="__not_found__",status="404"}': 1,
  })
  expect(await service.stop()).toBe(0)
})
