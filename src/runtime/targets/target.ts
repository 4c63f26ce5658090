import { createHash } from 'node:crypto'
import { compareText, formatDuration, LabelSet, parseDuration } from '../../series/index.ts'
import type { TargetGroup } from './config/discovery-config.ts'
import type { ScrapeConfig } from './config/scrape-config.ts'
import { relabel } from './relabel.ts'

/** Something that is scraped. */
export interface Target {
  /** Targets of one key are one target. */
  readonly key: string
  /** Before relabelling. */
  readonly discoveredLabels: LabelSet
  /** Of its series. */
  readonly labels: LabelSet
  readonly url: string
  readonly intervalMs: number
  readonly timeoutMs: number
}

export type Found =
  | { readonly kind: 'target'; readonly target: Target }
  | { readonly kind: 'dropped'; readonly discoveredLabels: LabelSet }
  | { readonly kind: 'refused'; readonly reason: string }

const ADDRESS = '__address__'
const PARAM = '__param_'

/** What relabelling makes of each address of a group. */
export function targetsOf(group: TargetGroup, config: ScrapeConfig): readonly Found[] {
  return group.targets.map((address, i) => {
    const found = findTarget(LabelSet.of({ [ADDRESS]: address }), group.labels, config)
    return found.kind === 'refused' ? { kind: 'refused', reason: `instance ${i}: ${found.reason}` } : found
  })
}

function findTarget(own: LabelSet, common: LabelSet, config: ScrapeConfig): Found {
  const discoveredLabels = discovered(own, common, config)
  const labels = new Map(discoveredLabels)
  if (!relabel(labels, config.relabel)) return { kind: 'dropped', discoveredLabels }
  const address = labels.get(ADDRESS) ?? ''
  if (address === '') return { kind: 'refused', reason: 'no address' }
  if (address.includes('/')) return { kind: 'refused', reason: `${JSON.stringify(address)} is not a valid hostname` }
  const interval = readDuration(labels, 'interval')
  const timeout = readDuration(labels, 'timeout')
  if ('reason' in interval) return { kind: 'refused', reason: interval.reason }
  if ('reason' in timeout) return { kind: 'refused', reason: timeout.reason }
  if (timeout.ms > interval.ms) {
    const [long, short] = [labels.get('__scrape_timeout__'), labels.get('__scrape_interval__')]
    const reason = `scrape timeout cannot be greater than scrape interval ("${long}" > "${short}")`
    return { kind: 'refused', reason }
  }
  for (const name of Array.from(labels.keys())) if (name.startsWith('__meta_')) labels.delete(name)
  if (!labels.has('instance')) labels.set('instance', address)
  const all = LabelSet.of(labels)
  const shown = LabelSet.of(Array.from(all).filter(([name]) => !name.startsWith('__')))
  // Nothing would tell its series from those of others.
  if (shown.size === 0) return { kind: 'dropped', discoveredLabels }
  const url = urlOf(labels, config)
  return {
    kind: 'target',
    target: {
      key: `${all.key} ${url}`,
      discoveredLabels,
      labels: shown,
      url,
      intervalMs: interval.ms,
      timeoutMs: timeout.ms,
    },
  }
}

function discovered(own: LabelSet, common: LabelSet, config: ScrapeConfig): LabelSet {
  const stated: [string, string][] = [
    ['job', config.jobName],
    ['__scrape_interval__', formatDuration(config.intervalMs)],
    ['__scrape_timeout__', formatDuration(config.timeoutMs)],
    ['__metrics_path__', config.metricsPath],
    ['__scheme__', config.scheme],
    ...Array.from(config.params, ([name, [first = '']]): [string, string] => [PARAM + name, first]),
  ]
  const labels = new Map<string, string>()
  // The first to state a label has it.
  for (const [name, value] of [...own, ...common, ...stated])
    if (!labels.has(name) && value !== '') labels.set(name, value)
  return LabelSet.of(labels)
}

function readDuration(
  labels: ReadonlyMap<string, string>,
  what: 'interval' | 'timeout',
): { readonly ms: number } | { readonly reason: string } {
  const text = labels.get(`__scrape_${what}__`) ?? ''
  try {
    const ms = parseDuration(text)
    return ms === 0 ? { reason: `scrape ${what} cannot be 0` } : { ms }
  } catch (error) {
    return { reason: `error parsing scrape ${what}: ${error instanceof Error ? error.message : String(error)}` }
  }
}

function urlOf(labels: ReadonlyMap<string, string>, config: ScrapeConfig): string {
  const params = new Map(Array.from(config.params, ([name, values]) => [name, [...values]] as const))
  for (const [label, value] of labels) {
    if (!label.startsWith(PARAM)) continue
    const name = label.slice(PARAM.length)
    params.set(name, [value, ...(params.get(name)?.slice(1) ?? [])])
  }
  const query = Array.from(params)
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([name, values]) => values.map((value) => `${escapeQuery(name)}=${escapeQuery(value)}`))
    .join('&')
  const path = (labels.get('__metrics_path__') ?? '').replaceAll(/[^\w.~$&+,/:;=@-]/gu, escape)
  const slash = path === '' || path.startsWith('/') ? '' : '/'
  return `${labels.get('__scheme__') ?? ''}://${labels.get(ADDRESS)}${slash}${path}${query && '?'}${query}`
}

function escapeQuery(text: string): string {
  return text.replaceAll(/[^\w.~-]/gu, (part) => (part === ' ' ? '+' : escape(part)))
}

function escape(character: string): string {
  return encodeURIComponent(character.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (part) => `%${part.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Where in its interval a target is scraped: spread evenly, and the same in every run. */
export function offsetOf({ key, intervalMs }: Target): number {
  return createHash('md5').update(key).digest().readUIntBE(0, 6) % intervalMs
}
