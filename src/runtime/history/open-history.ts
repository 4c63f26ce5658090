import type { RuleSet } from '../../alerting/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { Config, ResolvedConfig } from '../config/config.ts'
import { ConfigError } from '../error.ts'
import { History, type HistoryExtras, type HistoryOptions } from './history.ts'
import { openStore, storeFolder } from './open-store.ts'

/** A store that is open, and what is to be made of it. */
export interface OpenHistory {
  readonly store: Tsdb
  create(options: Omit<HistoryOptions, 'config' | 'store' | 'folder' | 'ruleSets' | 'cwd' | 'extras'>): History
}

/** Reads the rules, opens the store and loads what the configuration asks for. @throws ConfigError, BoxmanError */
export async function openHistory(config: ResolvedConfig, cwd: string): Promise<OpenHistory> {
  const ruleSets = await rulesOf(config, cwd)
  const extras = await extrasOf(config)
  const folder = storeFolder(config, cwd)
  const store = await openStore(config, cwd)
  return { store, create: (options) => new History({ ...options, config, store, folder, ruleSets, cwd, extras }) }
}

async function rulesOf({ rules = [] }: Config, cwd: string): Promise<readonly RuleSet[]> {
  if (rules.length === 0) return []
  const { readRules } = await import('../rules/read-rules.ts')
  const read = await readRules(rules, cwd)
  if (!read.ok) throw new ConfigError(read.problems.map((problem) => `rules: ${problem}`))
  return read.sets
}

async function extrasOf(config: Config): Promise<HistoryExtras> {
  const { query, ingest, remoteWrite = [] } = config
  const backend = query.backend === undefined ? undefined : await import('./backend.ts')
  const ingestion = ingest.remoteWrite || ingest.otlp ? await import('../ingest/ingestion.ts') : undefined
  const remotes = remoteWrite.length === 0 ? undefined : await import('../remote-write/remote-writers.ts')
  return {
    backend: backend?.backendOf(config),
    createIngestion: ingestion?.createIngestion,
    createRemotes: remotes && ((options) => new remotes.RemoteWriters(options)),
  }
}
