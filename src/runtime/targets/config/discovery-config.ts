import { LabelSet } from '../../../series/index.ts'
import { type HttpClientConfig, pathBeside, readHttpClient } from './http-client-config.ts'
import { isLabelName } from './label-name.ts'
import { UNSUPPORTED } from './unsupported.ts'
import type { YamlMap, YamlValue } from './yaml-value.ts'

/** Targets with labels in common, as a source of them tells. */
export interface TargetGroup {
  readonly targets: readonly string[]
  readonly labels: LabelSet
}

export interface FileDiscovery {
  readonly kind: 'files'
  readonly patterns: readonly string[]
  readonly refreshMs: number
}

export interface HttpDiscovery {
  readonly kind: 'http'
  readonly url: string
  readonly refreshMs: number
  readonly client: HttpClientConfig
}

export type DiscoveryConfig =
  | { readonly kind: 'static'; readonly groups: readonly TargetGroup[] }
  | FileDiscovery
  | HttpDiscovery

const FILE_PATTERN = /^[^*]*(\*[^/]*)?\.(json|yml|yaml|JSON|YML|YAML)$/
const FILE_REFRESH_MS = 300_000
const HTTP_REFRESH_MS = 60_000

/** Reads the keys that stand among others of a scrape configuration. */
export function readDiscoveries(map: YamlMap, file: string): readonly DiscoveryConfig[] {
  const groups = map.at('static_configs')?.list()?.map(readTargetGroup)
  const files = map
    .at('file_sd_configs')
    ?.list()
    ?.map((value) => readFiles(value, file))
  const servers = map
    .at('http_sd_configs')
    ?.list()
    ?.map((value) => readServer(value, file))
  return [...(groups === undefined ? [] : [{ kind: 'static', groups } as const]), ...(files ?? []), ...(servers ?? [])]
}

export function readTargetGroup(value: YamlValue): TargetGroup {
  if (value.isNull) value.problem('empty or null section in static_configs')
  const map = value.map()
  const targets = map.at('targets')?.texts() ?? []
  const labels = readLabels(map.at('labels'))
  map.done()
  return { targets, labels }
}

export function readLabels(value: YamlValue | undefined): LabelSet {
  const labels = value?.map().texts() ?? new Map<string, string>()
  for (const name of labels.keys()) {
    if (!isLabelName(name)) value?.problem(`${JSON.stringify(name)} is not a valid label name`)
  }
  return LabelSet.of(Array.from(labels).filter(([name]) => name !== ''))
}

function readFiles(value: YamlValue, file: string): FileDiscovery {
  const map = value.map()
  const patterns = map.at('files')?.texts() ?? []
  if (patterns.length === 0) map.problem('file service discovery config must contain at least one path name')
  for (const pattern of patterns) {
    if (!FILE_PATTERN.test(pattern)) map.problem(`path name ${JSON.stringify(pattern)} is not valid for file discovery`)
  }
  const refreshMs = map.at('refresh_interval')?.duration() ?? FILE_REFRESH_MS
  map.done()
  return { kind: 'files', patterns: patterns.map((pattern) => pathBeside(file, pattern)), refreshMs }
}

function readServer(value: YamlValue, file: string): HttpDiscovery {
  const map = value.map()
  const at = map.at('url')
  const url = readUrl(at)
  if (url === undefined) map.problem('URL is missing')
  else if (!/^https?:$/.test(url.protocol)) at?.problem("URL scheme must be 'http' or 'https'")
  else if (url.host === '') at?.problem('host is missing in URL')
  const refreshMs = map.at('refresh_interval')?.duration() ?? HTTP_REFRESH_MS
  const client = readHttpClient(map, file)
  map.done(UNSUPPORTED.http)
  return { kind: 'http', url: url?.href ?? '', refreshMs, client }
}

/** A URL that may hold a password: it is shown without. */
export function readUrl(value: YamlValue | undefined): URL | undefined {
  const text = value?.text() ?? ''
  if (text === '') return undefined
  if (!URL.canParse(text)) return value?.problem(`${JSON.stringify(text)} is no URL`)
  const url = new URL(text)
  if (url.password !== '') value?.secret()
  return url
}
