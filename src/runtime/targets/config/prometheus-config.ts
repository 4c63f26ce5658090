import { readFile } from 'node:fs/promises'
import { isScalar, type Pair, visit } from 'yaml'
import { LabelSet } from '../../../series/index.ts'
import type { Environment } from '../../config/resolve.ts'
import { ConfigError } from '../../error.ts'
import { findFiles, RULE_PATTERN } from '../glob.ts'
import { type AlertingSection, NO_ALERTING, readAlertingSection } from './alertmanagers-config.ts'
import { readLabels } from './discovery-config.ts'
import { pathBeside } from './http-client-config.ts'
import { type NameRules, type ScrapeDefaults, readLimits, readNames, readProtocols } from './limits.ts'
import { readRemoteWrite, type RemoteWriteConfig } from './remote-write-config.ts'
import { readScrapeConfig, type ScrapeConfig } from './scrape-config.ts'
import { UNSUPPORTED } from './unsupported.ts'
import { YamlFile, type YamlMap, type YamlValue } from './yaml-value.ts'

/** What a prometheus.yml says. */
export interface PrometheusConfig {
  /** Of jobs that state none, and of the server itself. */
  readonly ownIntervalMs: number
  readonly evaluationIntervalMs: number
  /** How far in the past rules look; undefined: not stated. */
  readonly ruleQueryOffsetMs: number | undefined
  /** Of what leaves this server; `$NAME` of the environment filled in. */
  readonly externalLabels: LabelSet
  /** Patterns of rule files, from where this process stands. */
  readonly ruleFiles: readonly string[]
  readonly jobs: readonly ScrapeConfig[]
  readonly remoteWrites: readonly RemoteWriteConfig[]
  readonly alerting: AlertingSection
  /** Undefined: not stated. */
  readonly outOfOrderMs: number | undefined
  readonly maxExemplars: number | undefined
  /** As it was written, secrets and comments taken out. */
  readonly shown: string
  /** Keys that have no effect here. */
  readonly warnings: readonly string[]
}

/** Of a server that is told nothing. */
export const NO_CONFIG: PrometheusConfig = {
  ownIntervalMs: 15_000,
  evaluationIntervalMs: 60_000,
  ruleQueryOffsetMs: undefined,
  externalLabels: LabelSet.EMPTY,
  ruleFiles: [],
  jobs: [],
  remoteWrites: [],
  alerting: NO_ALERTING,
  outOfOrderMs: undefined,
  maxExemplars: undefined,
  shown: '',
  warnings: [],
}

interface Global extends ScrapeDefaults {
  readonly evaluationIntervalMs: number
  readonly ruleQueryOffsetMs: number | undefined
  readonly externalLabels: LabelSet
}

const MINUTE_MS = 60_000
const TIMEOUT_MS = 10_000
const NAMES: NameRules = { nameScheme: 'utf8', escaping: 'allow-utf-8' }

/** @throws ConfigError with all that is wrong, each with its file and line. */
export async function loadPrometheusConfig(path: string, env: Environment): Promise<PrometheusConfig> {
  const file = new YamlFile(path, await textOf(path))
  const config = await read(file, env)
  if (file.problems.length > 0) throw new ConfigError(file.problems)
  return config
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigError([`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`])
  }
}

async function read(file: YamlFile, env: Environment): Promise<PrometheusConfig> {
  const map = file.root.map()
  const global = readGlobal(map.at('global'), env)
  const storage = readStorage(map.at('storage'))
  const ruleFiles = readPatterns(map.at('rule_files'), 'rule file').map((each) => pathBeside(file.name, each))
  const jobs = readJobs(map, global, file.name)
  for (const pattern of readPatterns(map.at('scrape_config_files'), 'scrape config file')) {
    for (const path of await findFiles(pathBeside(file.name, pattern)))
      jobs.push(...(await readMore(file, path, global)))
  }
  const remoteWrites =
    map
      .at('remote_write')
      ?.list()
      ?.flatMap((each) => readRemoteWrite(each, file.name) ?? []) ?? []
  const alerting = readAlertingSection(map.at('alerting'), file.name)
  map.done(UNSUPPORTED.root)
  refuseRepeated(
    map,
    jobs.map(({ jobName }) => jobName),
    'scrape configs',
  )
  refuseRepeated(
    map,
    remoteWrites.map(({ name }) => name),
    'remote write configs',
  )
  const { evaluationIntervalMs, ruleQueryOffsetMs, externalLabels, intervalMs: ownIntervalMs } = global
  const { warnings } = file
  return {
    ownIntervalMs,
    evaluationIntervalMs,
    ruleQueryOffsetMs,
    externalLabels,
    ruleFiles,
    jobs,
    remoteWrites,
    alerting,
    ...storage,
    shown: shown(file),
    warnings,
  }
}

function readJobs(map: YamlMap, global: Global, file: string): ScrapeConfig[] {
  return (
    map
      .at('scrape_configs')
      ?.list()
      ?.flatMap((job) => readScrapeConfig(job, global, file) ?? []) ?? []
  )
}

/** The jobs of a file that `scrape_config_files` names. */
async function readMore(into: YamlFile, path: string, global: Global): Promise<readonly ScrapeConfig[]> {
  const file = new YamlFile(path, await textOf(path))
  const map = file.root.map()
  const jobs = readJobs(map, global, path)
  map.done()
  into.problems.push(...file.problems)
  into.warnings.push(...file.warnings)
  return jobs
}

function readGlobal(value: YamlValue | undefined, env: Environment): Global {
  const map = value?.map()
  const intervalMs = (map?.at('scrape_interval')?.duration() ?? 0) || MINUTE_MS
  const timeout = map?.at('scrape_timeout')?.duration() ?? 0
  if (timeout > intervalMs) map?.problem('global scrape timeout greater than scrape interval')
  const none = {
    bodyBytes: 0,
    samples: 0,
    targets: 0,
    labels: 0,
    labelNameLength: 0,
    labelValueLength: 0,
    droppedTargets: 0,
  }
  const labels = readLabels(map?.at('external_labels'))
  const global: Global = {
    intervalMs,
    timeoutMs: timeout || Math.min(TIMEOUT_MS, intervalMs),
    evaluationIntervalMs: (map?.at('evaluation_interval')?.duration() ?? 0) || MINUTE_MS,
    ruleQueryOffsetMs: map?.at('rule_query_offset')?.duration(),
    externalLabels: LabelSet.of(Array.from(labels, ([name, text]) => [name, expandVariables(text, env)] as const)),
    protocols: map && readProtocols(map),
    limits: map === undefined ? none : readLimits(map, none),
    ...(map === undefined ? NAMES : readNames(map, NAMES)),
    classicHistograms: map?.at('always_scrape_classic_histograms')?.flag() ?? false,
    nativeHistograms: map?.at('scrape_native_histograms')?.flag(),
  }
  map?.done(UNSUPPORTED.global)
  return global
}

/** `$NAME` and `${NAME}`, as Go expands them; `$$` is a dollar, and what is not set is empty. */
export function expandVariables(text: string, env: Environment): string {
  return text.replaceAll(/\$(?:\$|\{([^}]*)\}|([A-Za-z0-9_]+))/g, (all: string, braced?: string, bare?: string) =>
    all === '$$' ? '$' : (env[braced ?? bare ?? ''] ?? ''),
  )
}

function readStorage(value: YamlValue | undefined): Pick<PrometheusConfig, 'outOfOrderMs' | 'maxExemplars'> {
  const map = value?.map()
  const tsdb = map?.at('tsdb')?.map()
  const outOfOrderMs = tsdb?.at('out_of_order_time_window')?.duration()
  tsdb?.done(UNSUPPORTED.tsdb)
  const exemplars = map?.at('exemplars')?.map()
  const maxExemplars = exemplars?.at('max_exemplars')?.count()
  exemplars?.done()
  map?.done(UNSUPPORTED.storage)
  return { outOfOrderMs, maxExemplars }
}

function readPatterns(value: YamlValue | undefined, what: string): readonly string[] {
  const patterns = value?.texts() ?? []
  for (const pattern of patterns) {
    if (!RULE_PATTERN.test(pattern)) value?.problem(`invalid ${what} path ${JSON.stringify(pattern)}`)
  }
  return patterns
}

function refuseRepeated(map: YamlMap, names: readonly string[], what: string): void {
  const repeated = names.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (repeated !== undefined) map.problem(`found multiple ${what} with job name ${JSON.stringify(repeated)}`)
}

function shown({ document, secrets }: YamlFile): string {
  const copy = document.clone()
  // Nodes of the copy come in the order of the originals.
  const hidden: boolean[] = []
  visit(document, (_key, node) => void (isScalar(node) && hidden.push(secrets.has(node))))
  let i = 0
  visit(copy, {
    Pair: (_key, pair: Pair) => uncomment(pair),
    Node: (_key, node) => {
      uncomment(node)
      if (isScalar(node) && hidden[i++] === true) node.value = '<secret>'
    },
  })
  uncomment(copy)
  return copy.errors.length > 0 || copy.contents === null ? '' : String(copy)
}

function uncomment(node: object): void {
  for (const key of ['comment', 'commentBefore']) if (key in node) Reflect.set(node, key, undefined)
}
