import { type DiscoveryConfig, readDiscoveries } from './discovery-config.ts'
import { type HttpClientConfig, readHttpClient } from './http-client-config.ts'
import {
  protocolsOf,
  readLimits,
  readNames,
  readProtocols,
  SCRAPE_PROTOCOLS,
  type ScrapeDefaults,
  type ScrapeProtocol,
} from './limits.ts'
import { readRelabelRule, type RelabelRule } from './relabel-rule.ts'
import { UNSUPPORTED } from './unsupported.ts'
import type { YamlValue } from './yaml-value.ts'

/** One job: where its targets are found, how they are asked, and what becomes of the answer. */
export interface ScrapeConfig extends Omit<ScrapeDefaults, 'protocols'> {
  readonly jobName: string
  /** Jobs of the same say the same. */
  readonly identity: string
  readonly metricsPath: string
  readonly scheme: string
  readonly params: ReadonlyMap<string, readonly string[]>
  readonly protocols: readonly ScrapeProtocol[]
  /** How to read a page that does not say what it is. */
  readonly fallbackProtocol: ScrapeProtocol | undefined
  readonly honorLabels: boolean
  readonly honorTimestamps: boolean
  readonly trackTimestampsStaleness: boolean
  readonly compression: boolean
  /** Buckets of a native histogram; above it, its resolution goes down. 0: no limit. */
  readonly histogramBuckets: number
  /** The least growth from bucket to bucket, reached by lowering the resolution. 0: any. */
  readonly histogramMinFactor: number
  readonly discoveries: readonly DiscoveryConfig[]
  readonly client: HttpClientConfig
  readonly relabel: readonly RelabelRule[]
  readonly metricRelabel: readonly RelabelRule[]
}

/** Undefined for what has no name; the file knows. */
export function readScrapeConfig(value: YamlValue, global: ScrapeDefaults, file: string): ScrapeConfig | undefined {
  if (value.isNull) return value.problem('empty or null scrape config section')
  const map = value.map()
  const jobName = map.at('job_name')?.text() ?? ''
  const intervalMs = (map.at('scrape_interval')?.duration() ?? 0) || global.intervalMs
  const timeout = map.at('scrape_timeout')?.duration() ?? 0
  const rules = (key: string): readonly RelabelRule[] =>
    map
      .at(key)
      ?.list()
      ?.flatMap((rule) => readRelabelRule(rule) ?? []) ?? []
  const nativeHistograms = map.at('scrape_native_histograms')?.flag() ?? global.nativeHistograms
  const config: ScrapeConfig = {
    jobName,
    identity: JSON.stringify([file, global, value.plainContent]),
    intervalMs,
    timeoutMs: timeout || Math.min(global.timeoutMs, intervalMs),
    metricsPath: map.at('metrics_path')?.text() ?? '/metrics',
    scheme: map.at('scheme')?.text() ?? 'http',
    params: readParams(map.at('params')),
    protocols: protocolsOf({ protocols: readProtocols(map) ?? global.protocols, nativeHistograms }),
    fallbackProtocol: map.at('fallback_scrape_protocol')?.oneOf(SCRAPE_PROTOCOLS),
    honorLabels: map.at('honor_labels')?.flag() ?? false,
    honorTimestamps: map.at('honor_timestamps')?.flag() ?? true,
    trackTimestampsStaleness: map.at('track_timestamps_staleness')?.flag() ?? false,
    compression: map.at('enable_compression')?.flag() ?? true,
    limits: readLimits(map, global.limits),
    ...readNames(map, global),
    classicHistograms: map.at('always_scrape_classic_histograms')?.flag() ?? global.classicHistograms,
    nativeHistograms,
    histogramBuckets: map.at('native_histogram_bucket_limit')?.count() ?? 0,
    histogramMinFactor: map.at('native_histogram_min_bucket_factor')?.decimal() ?? 0,
    discoveries: readDiscoveries(map, file),
    client: readHttpClient(map, file),
    relabel: rules('relabel_configs'),
    metricRelabel: rules('metric_relabel_configs'),
  }
  map.done({ ...UNSUPPORTED.http, ...UNSUPPORTED.scrape })
  if (jobName === '') return map.problem('job_name is empty')
  if (timeout > intervalMs) {
    map.problem(
      `scrape timeout greater than scrape interval for scrape config with job name ${JSON.stringify(jobName)}`,
    )
  }
  if (!map.has('relabel_configs')) checkAddresses(config, map.at('static_configs'))
  return config
}

/** Catches the URL that somebody writes where an address belongs. */
function checkAddresses({ discoveries }: ScrapeConfig, value: YamlValue | undefined): void {
  for (const discovery of discoveries) {
    if (discovery.kind !== 'static') continue
    const bad = discovery.groups.flatMap(({ targets }) => targets).find((target) => target.includes('/'))
    if (bad !== undefined) value?.problem(`${JSON.stringify(bad)} is not a valid hostname; write host:port`)
  }
}

function readParams(value: YamlValue | undefined): ScrapeConfig['params'] {
  const entries = value?.map().entries ?? new Map<string, never>()
  return new Map(Array.from(entries, ([name, [, values]]) => [name, values.texts() ?? []]))
}
