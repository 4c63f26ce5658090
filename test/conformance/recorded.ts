import path from 'node:path'
import { serveApi } from '../support/prometheus-api.ts'
import { type Recorded, RecordedWorld } from './recorded-world.ts'
import { type CaseOutcome, readJson } from './shared.ts'

export const RECORDINGS = ['prom353.json', 'prom242.json'] as const
export type Recording = (typeof RECORDINGS)[number]

/** The bodies of forms, which were not recorded. */
const FORMS: Readonly<Record<string, (range: string) => string>> = {
  range_post: (range) => range,
  series_post: () => 'match[]=demo_temp&limit=1',
}

/** Why an answer cannot be that which was recorded, and what of it is compared nevertheless. */
type Exception = readonly [compared: 'status' | 'keys' | ((body: string) => string), reason: string]

/** Of this machine's clock or Prometheus's inside. */
const NEVER_EQUAL: Readonly<Record<string, Exception>> = {
  query_stats: [
    withoutStats,
    'how long it took, and how many samples were read; those of each step are an option of its',
  ],
  range_stats: [
    withoutStats,
    'how long it took, and how many samples were read; those of each step are an option of its',
  ],
  err_timeout2: ['status', 'a query over 20 000 series, which are not here, took longer than its millisecond'],
  rules: [inMilliseconds, 'moments are known to the millisecond; one key more'],
  rules_alert: [inMilliseconds, 'moments are known to the millisecond; one key more'],
  rules_page: [inMilliseconds, 'moments are known to the millisecond; one key more'],
  alerts: [inMilliseconds, 'moments are known to the millisecond'],
  targets: [inMilliseconds, 'moments are known to the millisecond; the name of the machine in globalUrl'],
  targets_metadata: [withoutTargets, 'Prometheus takes the targets in no order'],
  runtimeinfo: ['keys', 'of the process'],
  tsdb: ['keys', 'the store'],
  healthy: [withoutProduct, 'who answers'],
  ready: [withoutProduct, 'who answers'],
  features: ['status', 'came with 3.9'],
}

/** What 2.42 did otherwise than 3.x. */
const SINCE_242: Readonly<Record<string, Exception>> = {
  err_noquery: ['keys', 'an empty query has no position'],
  err_timeparam: ['keys', 'written with a capital'],
  err_rangetype: ['keys', 'did not name the parameter'],
  limit: ['keys', 'no limit yet'],
  series_post: ['keys', 'no limit yet'],
  labels_limit: ['keys', 'no limit yet'],
  label_values_bad: ['status', 'names of labels may have any character'],
  metadata: [sortedKeys, 'another order of the keys'],
  metadata_limit: [sortedKeys, 'another order of the keys'],
  rules_alert: [withoutAlerts, 'no exclude_alerts yet'],
  targets: ['status', 'did not count what was dropped'],
  runtimeinfo: ['status', 'fewer facts'],
  parse_query: ['status', 'came with 3.0'],
  notifications: ['status', 'came with 3.0'],
}
/** Among them, what is answered with another status. */
const OTHER_STATUS: ReadonlySet<string> = new Set([
  'features',
  'err_timeout2',
  'prom242.json label_values_bad',
  'prom242.json parse_query',
  'prom242.json notifications',
])

const ORIGIN = 'http://x.y'

/** Asks our API what a Prometheus was asked, over what that one knew, and compares the answers. */
export async function replay(folder: string, recording: Recording): Promise<readonly CaseOutcome[]> {
  const pairs = readJson(path.join(folder, 'api', recording)) as readonly Recorded[]
  const world = await RecordedWorld.of(pairs)
  const served = await serveApi(world.store, () => world.now(), world.sources)
  const range = pairs.find(({ name }) => name === 'range')?.req.split('?')[1] ?? ''
  try {
    const outcomes: CaseOutcome[] = []
    for (const pair of pairs) {
      world.moveTo(pair)
      outcomes.push({ name: pair.name, fault: await faultOf(pair, recording, served.url, range) })
    }
    return outcomes
  } finally {
    served.close()
    await world.store.close()
  }
}

async function faultOf(pair: Recorded, recording: Recording, url: string, range: string): Promise<string | undefined> {
  const [method = '', path = ''] = pair.req.split(' ', 2)
  const form = FORMS[pair.name]?.(range)
  const response = await fetch(url + path, {
    method,
    headers: pair.cors === undefined ? {} : { origin: ORIGIN },
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  })
  const body = await response.text()
  const old = recording === 'prom242.json' ? SINCE_242[pair.name] : undefined
  const [compared] = old ?? NEVER_EQUAL[pair.name] ?? [(text: string) => text]
  if (OTHER_STATUS.has(pair.name) || OTHER_STATUS.has(`${recording} ${pair.name}`)) return undefined
  const type = response.headers.get('content-type')?.replace('; escaping=underscores', '') ?? ''
  const got = [response.status, type, response.headers.get('access-control-allow-origin') ?? '']
  // 2.42 allowed all origins at once.
  const wanted = [
    pair.status,
    pair.ct?.replace('; escaping=underscores', '') ?? '',
    pair.cors?.replace('*', ORIGIN) ?? '',
  ]
  if (String(got) !== String(wanted)) return `answered ${got.join(' ')}, wanted ${wanted.join(' ')}`
  if (compared === 'status') return undefined
  const view = compared === 'keys' ? keysOf : compared
  return view(body) === view(pair.body) ? undefined : `${view(body)}\n  wanted\n${view(pair.body)}`
}

/** The keys of an object and its inner ones, and the types of its values; of an array's entries, the first's. */
function keysOf(body: string): string {
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])]
    if (typeof value !== 'object' || value === null) return typeof value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]))
  }
  const { data, ...others } = JSON.parse(body) as Record<string, unknown>
  return sortedKeys(
    JSON.stringify({ ...others, data: shape(data), warnings: undefined, error: shape(others['error']) }),
  )
}

function sortedKeys(body: string): string {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
    return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
  }
  return JSON.stringify(sorted(JSON.parse(body)))
}

function withoutStats(body: string): string {
  return body
    .replaceAll(/"(\w+Time|\w+Samples)":[\d.e-]+/g, '"$1":0')
    .replace(/"totalQueryableSamplesPerStep":\[\[.*?\]\],/, '')
}

function withoutTargets(body: string): string {
  return keysOf(body.replaceAll(/"target":\{[^}]*\}/g, '"target":{}'))
}

function withoutAlerts(body: string): string {
  return keysOf(inMilliseconds(body).replaceAll(/"alerts":(?:null|\[.*?\]),"health"/g, '"alerts":null,"health"'))
}

function inMilliseconds(body: string): string {
  return (
    body
      .replaceAll(/\.(\d{1,3})\d*Z/g, (_, digits: string) => `.${digits}`.replace(/\.?0*$/, 'Z'))
      .replaceAll(/"globalUrl":"[^"]*"/g, '"globalUrl":""')
      // What a rule has to tell beside what Prometheus knows.
      .replaceAll(/,"boxman":\{[^{}]*\}/g, '')
  )
}

function withoutProduct(body: string): string {
  return body.replace(/^\w+ (?:Server )?/, '')
}
