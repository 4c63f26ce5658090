import type { Engine } from '../../promql/index.ts'
import { formatDuration, type LabelSet, type Queryable } from '../../series/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import { createPrometheusApi, type PathHandler } from '../api/api.ts'
import type { ScrapeTargets } from '../api/sources.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { createIngestion } from '../ingest/ingestion.ts'
import type { Scrapers } from '../targets/scrapers.ts'
import { type Lifecycle, lifecyclePaths } from './lifecycle.ts'
import type { LoadedConfig } from './loaded-config.ts'
import { flagsOf, type ServeOptions } from './options.ts'
import type { OwnTarget } from './own-target.ts'
import type { Rules } from './rules.ts'

export interface HandlerParts extends Omit<Lifecycle, 'enabled'> {
  readonly options: ServeOptions
  readonly settings: ResolvedConfig
  readonly store: Tsdb
  /** What queries are answered from. */
  readonly queryable: Queryable
  readonly engine: Engine
  readonly scrapers: Scrapers
  readonly own: OwnTarget
  readonly rules: Rules
  readonly loaded: LoadedConfig
  readonly ready: () => boolean
  readonly onFault: (error: unknown) => void
}

/** What is answered besides a service's own endpoints: the API, what is written from outside, the lifecycle. */
export function handlersOf(parts: HandlerParts): readonly PathHandler[] {
  const { options, store, onFault, reload, quit } = parts
  // An Alertmanager's reload needs no flag; who may set a silence may have a file read that is there already.
  const reloads = options.lifecycle || options.alertmanagerConfigFile !== undefined
  const lifecycle = lifecyclePaths({ enabled: { reload: reloads, quit: options.lifecycle }, reload, quit })
  if (!options.receivesRemoteWrite) return [lifecycle, apiOf(parts)]
  const ingestion = createIngestion({ store, now: () => performance.now(), onFault, accept: ['remote-write'] })
  return [lifecycle, ingestion.handle, apiOf(parts)]
}

function apiOf(parts: HandlerParts): PathHandler {
  const { options, settings, store, queryable, engine, scrapers, own, rules, loaded, ready, onFault } = parts
  const retention = formatDuration(options.retentionMs)
  const startTime = loaded.at
  return createPrometheusApi({
    engine,
    queryable,
    now: () => Date.now(),
    onFault,
    ready,
    limits: { queryConcurrency: settings.query.concurrency, timeoutMs: settings.query.timeoutMs },
    exemplars: (matchers, from, to) => store.exemplars(matchers, from, to),
    targets: (): ScrapeTargets => {
      const { active, dropped } = scrapers.targets
      return { active: [...active, ...own.statuses], dropped }
    },
    targetMetadata: (target) => scrapers.metadataOf(target),
    ruleGroups: () => rules.status,
    configText: () => loaded.config.shown,
    flags: () => flagsOf(options, retention),
    runtimeInfo: () => ({
      startTime,
      configLoadedAt: loaded.at,
      configLoaded: loaded.isGood,
      corruptions: store.stats.disk?.setAside.length ?? 0,
      storageRetention: retention,
    }),
    get externalLabels(): LabelSet {
      return loaded.config.externalLabels
    },
  })
}
