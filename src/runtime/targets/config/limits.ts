import type { NameScheme } from './label-name.ts'
import type { YamlMap, YamlValue } from './yaml-value.ts'

/** What a scrape may bring; 0 is no limit. Over one, the whole scrape fails. */
export interface ScrapeLimits {
  readonly bodyBytes: number
  readonly samples: number
  readonly targets: number
  readonly labels: number
  readonly labelNameLength: number
  readonly labelValueLength: number
  /** Dropped targets to keep for showing. */
  readonly droppedTargets: number
}

export const SCRAPE_PROTOCOLS = [
  'PrometheusProto',
  'PrometheusText0.0.4',
  'PrometheusText1.0.0',
  'OpenMetricsText0.0.1',
  'OpenMetricsText1.0.0',
] as const

export type ScrapeProtocol = (typeof SCRAPE_PROTOCOLS)[number]

export const NAME_ESCAPINGS = ['allow-utf-8', 'underscores', 'dots', 'values'] as const

/** What a target is asked to make of names that are not of the legacy scheme. */
export type NameEscaping = (typeof NAME_ESCAPINGS)[number]

export interface NameRules {
  readonly nameScheme: NameScheme
  readonly escaping: NameEscaping
}

/** What `global` states and each scrape configuration may state otherwise. */
export interface ScrapeDefaults extends NameRules {
  readonly intervalMs: number
  readonly timeoutMs: number
  /** Undefined: not stated; see `protocolsOf`. */
  readonly protocols: readonly ScrapeProtocol[] | undefined
  readonly limits: ScrapeLimits
  readonly classicHistograms: boolean
  /** Undefined: whenever a page has them. */
  readonly nativeHistograms: boolean | undefined
}

const TEXTS: readonly ScrapeProtocol[] = [
  'OpenMetricsText1.0.0',
  'OpenMetricsText0.0.1',
  'PrometheusText1.0.0',
  'PrometheusText0.0.4',
]

/** The formats to ask for, the best first: protobuf, which alone carries native histograms, when these are asked for. */
export function protocolsOf({
  protocols,
  nativeHistograms,
}: Pick<ScrapeDefaults, 'protocols' | 'nativeHistograms'>): readonly ScrapeProtocol[] {
  return protocols ?? (nativeHistograms === true ? ['PrometheusProto', ...TEXTS] : TEXTS)
}

/** A limit of 0 is that of `defaults`. */
export function readLimits(map: YamlMap, defaults: ScrapeLimits): ScrapeLimits {
  const count = (name: string): number => map.at(name)?.count() ?? 0
  return {
    bodyBytes: (map.at('body_size_limit')?.byteSize() ?? 0) || defaults.bodyBytes,
    samples: count('sample_limit') || defaults.samples,
    targets: count('target_limit') || defaults.targets,
    labels: count('label_limit') || defaults.labels,
    labelNameLength: count('label_name_length_limit') || defaults.labelNameLength,
    labelValueLength: count('label_value_length_limit') || defaults.labelValueLength,
    droppedTargets: count('keep_dropped_targets') || defaults.droppedTargets,
  }
}

export function readProtocols(map: YamlMap): readonly ScrapeProtocol[] | undefined {
  const items = map.at('scrape_protocols')?.list()
  if (items === undefined) return undefined
  const protocols = items.flatMap((item) => item.oneOf(SCRAPE_PROTOCOLS) ?? [])
  if (items.length === 0) map.problem('scrape_protocols cannot be empty')
  const repeated = protocols.find((protocol, i) => protocols.indexOf(protocol) !== i)
  if (repeated !== undefined) map.problem(`${JSON.stringify(repeated)} in scrape_protocols is specified more than once`)
  return protocols
}

export function readNames(map: YamlMap, global: NameRules): NameRules {
  const text = (name: string): YamlValue | undefined => {
    const value = map.at(name)
    return value?.text() === '' ? undefined : value
  }
  const nameScheme = text('metric_name_validation_scheme')?.oneOf(['utf8', 'legacy']) ?? global.nameScheme
  const stated = text('metric_name_escaping_scheme')?.oneOf(NAME_ESCAPINGS)
  if (stated === 'allow-utf-8' && nameScheme === 'legacy') {
    map.problem('utf8 metric names requested but validation scheme is not set to UTF8')
  }
  const inherited = nameScheme === 'legacy' && global.escaping === 'allow-utf-8' ? 'underscores' : global.escaping
  return { nameScheme, escaping: stated ?? inherited }
}
