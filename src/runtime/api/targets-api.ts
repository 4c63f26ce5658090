import { compareText, formatDuration, type MetricMetadata } from '../../series/index.ts'
import type { TargetStatus } from '../targets/status.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { failParameter } from './fault.ts'
import { goSeconds, goTime } from './go-text.ts'
import { readSelector } from './parameters.ts'
import type { ApiSources, ScrapeTargets } from './sources.ts'

const NO_METADATA: ReadonlyMap<string, MetricMetadata> = new Map()
const NO_TARGETS: ScrapeTargets = { active: [], dropped: [] }

export function targets({ sources }: ApiContext, { parameters }: ApiRequest): Answer {
  const { active, dropped } = inOrder(sources)
  const state = parameters.text('state').toLowerCase()
  const pool = parameters.text('scrapePool')
  const wanted = ({ scrapePool }: { readonly scrapePool: string }): boolean => pool === '' || scrapePool === pool
  const shows = (which: string): boolean => ['', 'any', which].includes(state)
  return jsonAnswer({
    activeTargets: shows('active') ? active.filter(wanted).map(targetJson) : [],
    droppedTargets: shows('dropped')
      ? dropped
          .filter(wanted)
          .map(({ discoveredLabels, scrapePool }) => ({ discoveredLabels: discoveredLabels, scrapePool }))
      : [],
    droppedTargetCounts: shows('dropped') ? droppedByPool({ active, dropped }) : null,
  })
}

export function scrapePools({ sources }: ApiContext): Answer {
  const { active, dropped } = inOrder(sources)
  return jsonAnswer({ scrapePools: [...new Set([...active, ...dropped].map(poolOf))].sort(compareText) })
}

export function targetMetadata({ sources }: ApiContext, { parameters }: ApiRequest): Answer {
  const limit = parameters.whole('limit') ?? -1
  const metric = parameters.text('metric')
  const selector = parameters.text('match_target')
  const matchers = selector === '' ? [] : readSelector(selector, (message) => failParameter('match_target', message))
  const entries: unknown[] = []
  for (const target of inOrder(sources).active) {
    // As in Prometheus, a target is told of whole.
    if (limit >= 0 && entries.length >= limit) break
    if (!matchers.every((matcher) => matcher.matchesSet(target.labels))) continue
    const known = sources.targetMetadata?.(target) ?? NO_METADATA
    for (const name of [...known.keys()].sort(compareText)) {
      const found = known.get(name)
      if (found === undefined || (metric !== '' && name !== metric)) continue
      const { type, help, unit } = found
      entries.push({ target: target.labels, metric: metric === '' ? name : undefined, type, help, unit })
    }
  }
  return jsonAnswer(entries)
}

export function alertmanagers({ sources }: ApiContext): Answer {
  const { active, dropped } = sources.alertmanagers?.() ?? { active: [], dropped: [] }
  const asJson = (url: string): unknown => ({ url })
  return jsonAnswer({ activeAlertmanagers: active.map(asJson), droppedAlertmanagers: dropped.map(asJson) })
}

function poolOf({ scrapePool }: { readonly scrapePool: string }): string {
  return scrapePool
}

/** By pool. */
function inOrder(sources: ApiSources): ScrapeTargets {
  const { active, dropped } = sources.targets?.() ?? NO_TARGETS
  const byPool = (a: { scrapePool: string }, b: { scrapePool: string }): number =>
    compareText(a.scrapePool, b.scrapePool)
  return { active: [...active].sort(byPool), dropped: [...dropped].sort(byPool) }
}

function droppedByPool({ active, dropped }: ScrapeTargets): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { scrapePool } of active) counts[scrapePool] = 0
  for (const { scrapePool } of dropped) counts[scrapePool] = (counts[scrapePool] ?? 0) + 1
  return counts
}

function targetJson(target: TargetStatus): unknown {
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.labels,
    scrapePool: target.scrapePool,
    scrapeUrl: target.scrapeUrl,
    globalUrl: target.scrapeUrl,
    lastError: target.lastError,
    lastScrape: goTime(target.lastScrape),
    lastScrapeDuration: goSeconds(target.lastScrapeMs),
    health: target.health,
    scrapeInterval: formatDuration(target.scrapeIntervalMs),
    scrapeTimeout: formatDuration(target.scrapeTimeoutMs),
  }
}
