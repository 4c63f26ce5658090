import { relabel } from '../relabel.ts'
import { readTargetGroup, type TargetGroup } from './discovery-config.ts'
import { type HttpClientConfig, readHttpClient } from './http-client-config.ts'
import { readRelabelRule, type RelabelRule } from './relabel-rule.ts'
import { UNSUPPORTED } from './unsupported.ts'
import type { YamlMap, YamlValue } from './yaml-value.ts'

/** An Alertmanager that a prometheus.yml names. */
export interface AlertmanagerTarget {
  /** Where alerts are posted to. */
  readonly url: string
  /** Those of the same say the same. */
  readonly identity: string
  readonly timeoutMs: number
  readonly client: HttpClientConfig
  /** Of the alerts that this one is told of. */
  readonly alertRelabel: readonly RelabelRule[]
}

export interface AlertingSection {
  /** Of all alerts. */
  readonly alertRelabel: readonly RelabelRule[]
  /** Each address once. */
  readonly alertmanagers: readonly AlertmanagerTarget[]
}

export const NO_ALERTING: AlertingSection = { alertRelabel: [], alertmanagers: [] }

const TIMEOUT_MS = 10_000
const ADDRESS = '__address__'
const SCHEME = '__scheme__'
const PATH = '__alerts_path__'

/** What stands below `alerting`. */
export function readAlertingSection(value: YamlValue | undefined, file: string): AlertingSection {
  if (value === undefined || value.isNull) return NO_ALERTING
  const map = value.map()
  const alertRelabel = readRules(map, 'alert_relabel_configs')
  const found =
    map
      .at('alertmanagers')
      ?.list()
      ?.flatMap((each) => readAlertmanagers(each, file)) ?? []
  map.done()
  return { alertRelabel, alertmanagers: [...new Map(found.map((each) => [each.url, each])).values()] }
}

function readAlertmanagers(value: YamlValue, file: string): readonly AlertmanagerTarget[] {
  if (value.isNull) return value.problem('empty or null Alertmanager config section') ?? []
  const map = value.map()
  const scheme = map.at('scheme')?.oneOf(['http', 'https']) ?? 'http'
  const prefix = map.at('path_prefix')?.text() ?? ''
  const timeoutMs = map.at('timeout')?.duration() ?? TIMEOUT_MS
  if (timeoutMs === 0) map.at('timeout')?.problem('must be above 0s')
  map.at('api_version')?.oneOf(['v2'])
  const groups = map.at('static_configs')?.list()?.map(readTargetGroup) ?? []
  const client = { ...readHttpClient(map, file), followRedirects: false }
  const relabelling = readRules(map, 'relabel_configs')
  const alertRelabel = readRules(map, 'alert_relabel_configs')
  map.done({ ...UNSUPPORTED.http, ...UNSUPPORTED.alertmanagers })
  const path = `/${prefix}/api/v2/alerts`.replaceAll(/\/{2,}/g, '/')
  const stray = groups.flatMap(({ targets }) => targets).find((target) => target.includes('/'))
  if (stray !== undefined) map.problem(`${JSON.stringify(stray)} is not a valid hostname; write host:port`)
  const urls = groups.flatMap((group) => urlsOf(group, { scheme, path }, relabelling))
  for (const url of urls) if (!isHttp(url)) map.problem(`${JSON.stringify(url)} is no URL of an Alertmanager`)
  const content = value.plainContent
  return urls.map((url) => ({ url, identity: JSON.stringify([url, file, content]), timeoutMs, client, alertRelabel }))
}

function urlsOf(
  { targets, labels }: TargetGroup,
  { scheme, path }: { readonly scheme: string; readonly path: string },
  rules: readonly RelabelRule[],
): readonly string[] {
  return targets.flatMap((target) => {
    const all = new Map([[SCHEME, scheme], [PATH, path], ...labels, [ADDRESS, target]])
    if (!relabel(all, rules) || (all.get(ADDRESS) ?? '') === '') return []
    return [`${all.get(SCHEME) ?? scheme}://${all.get(ADDRESS)}${all.get(PATH) ?? path}`]
  })
}

function isHttp(url: string): boolean {
  return /^https?:\/\/[^/]+\//.test(url) && URL.canParse(url) && new URL(url).username === ''
}

function readRules(map: YamlMap, key: string): readonly RelabelRule[] {
  return (
    map
      .at(key)
      ?.list()
      ?.flatMap((rule) => readRelabelRule(rule) ?? []) ?? []
  )
}
