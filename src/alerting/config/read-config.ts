import type { AlertingConfig } from '../dispatch-types.ts'
import { YamlReader } from '../yaml-reader.ts'
import type { ConfigFault } from './config-fault.ts'
import { readExtensions } from './extensions.ts'
import { readGlobal } from './global.ts'
import { readInhibitRules } from './inhibit-rules.ts'
import { readReceivers } from './receivers.ts'
import { checkReferences } from './references.ts'
import { allRoutes, readRoutes } from './routes.ts'
import { ConfigSource, Section } from './section.ts'
import { readTimeIntervals } from './time-intervals.ts'
import { warnOf } from './warnings.ts'

export type ReadConfig =
  | {
      readonly ok: true
      readonly config: AlertingConfig
      /** What is allowed, and surprises. */ readonly warnings: readonly ConfigFault[]
    }
  | { readonly ok: false; readonly faults: readonly ConfigFault[] }

const KEYS = [
  'global',
  'route',
  'receivers',
  'inhibit_rules',
  'mute_time_intervals',
  'time_intervals',
  'templates',
  'boxman',
]

/**
 * Reads a file in Alertmanager's format and checks all of it; what it does not know or does not support is a fault.
 * @param folder where names of files in it begin that are not absolute.
 */
export function readAlertingConfig(text: string, folder?: string): ReadConfig {
  return readConfig(new ConfigSource(new YamlReader(text), false, folder))
}

export function readConfig(source: ConfigSource): ReadConfig {
  if (source.faults.length > 0) return { ok: false, faults: source.faults }
  const top = new Section(source, source.yaml.root, '', KEYS)
  const global = readGlobal(top)
  const receivers = readReceivers(top, global)
  const root = readRoutes(top)
  const timeIntervals = readTimeIntervals(top)
  const { escalations, dependencies, ...extensions } = readExtensions(top)
  const inhibitRules = readInhibitRules(top)
  const templates = (top.texts('templates') ?? []).map((name) => source.fileNamed(name))
  checkReferences({
    routes: root === undefined ? [] : [...allRoutes(root)],
    receivers,
    timeIntervals,
    escalations,
    schedules: extensions.schedules,
  })
  if (root === undefined || source.faults.length > 0) return { ok: false, faults: inOrder(source.faults) }
  warnOf(root, receivers, timeIntervals, top)
  const config: AlertingConfig = {
    resolveTimeoutMs: global.resolveTimeoutMs,
    route: root.route,
    receivers: receivers.map(({ receiver }) => receiver),
    inhibitRules: [...inhibitRules, ...dependencies],
    timeIntervals,
    escalations: escalations.map(({ policy }) => policy),
    templates,
    ...extensions,
  }
  return { ok: true, config, warnings: inOrder(source.warnings) }
}

/** By line; what was found twice, once. */
function inOrder(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  const line = ({ place }: ConfigFault): number => place?.line ?? Infinity
  const once = new Map(faults.map((fault) => [`${fault.path} ${fault.message} ${line(fault)}`, fault]))
  return [...once.values()].sort((a, b) => (line(a) === line(b) ? 0 : line(a) - line(b)))
}
