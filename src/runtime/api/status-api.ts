import { cpus, hostname } from 'node:os'
import { AGGREGATORS, FUNCTIONS } from '../../promql/index.ts'
import { type Answer, jsonAnswer, textAnswer } from './answer.ts'
import type { ApiContext } from './context.ts'
import { goTime } from './go-text.ts'
import type { BuildInfo } from './sources.ts'

/** The Prometheus whose API this is. */
const API_VERSION = '3.5.0'

export function config({ sources }: ApiContext): Answer {
  return jsonAnswer({ yaml: sources.configText?.() ?? '' })
}

export function flags({ sources }: ApiContext): Answer {
  const given = Object.entries(sources.flags?.() ?? {})
  return jsonAnswer(Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1))))
}

export function buildInfo({ sources }: ApiContext): Answer {
  const { version, revision, branch, buildUser, buildDate, goVersion }: BuildInfo = {
    version: API_VERSION,
    revision: '',
    branch: '',
    buildUser: '',
    buildDate: '',
    goVersion: '',
    ...sources.build,
  }
  return jsonAnswer({ version, revision, branch, buildUser, buildDate, goVersion })
}

export function runtimeInfo({ sources }: ApiContext): Answer {
  const info = sources.runtimeInfo?.() ?? {}
  return jsonAnswer({
    startTime: goTime(info.startTime),
    CWD: process.cwd(),
    hostname: hostname(),
    serverTime: goTime(sources.now()),
    reloadConfigSuccess: info.configLoaded ?? true,
    lastConfigTime: goTime(info.configLoadedAt ?? info.startTime),
    corruptionCount: info.corruptions ?? 0,
    goroutineCount: 0,
    GOMAXPROCS: cpus().length,
    GOMEMLIMIT: 0,
    GOGC: '',
    GODEBUG: '',
    storageRetention: info.storageRetention ?? '',
  })
}

export function walReplay(): Answer {
  return jsonAnswer({ min: 0, max: 0, current: 0 })
}

export function notifications(): Answer {
  return jsonAnswer([])
}

export function healthy(): Answer {
  return textAnswer(200, 'Boxman is Healthy.\n')
}

export async function ready({ sources }: ApiContext): Promise<Answer> {
  const isReady = (await sources.ready?.()) ?? true
  return isReady ? textAnswer(200, 'Boxman is Ready.\n') : textAnswer(503, 'Service Unavailable')
}

/** What is there, by kind: all of the language is on. */
export function features({ sources }: ApiContext): Answer {
  const on = (names: Iterable<string>): Readonly<Record<string, true>> =>
    Object.fromEntries([...names].sort().map((name) => [name, true as const]))
  return jsonAnswer({
    api: { admin: false, exclude_alerts: true, exemplars: sources.exemplars !== undefined, label_values_match: true },
    promql: on([
      'anchored',
      'at_modifier',
      'bool',
      'by',
      'delayed_name_removal',
      'duration_expr',
      'fill',
      'group_left',
      'group_right',
      'ignoring',
      'negative_offset',
      'offset',
      'on',
      'per_query_lookback_delta',
      'smoothed',
      'subqueries',
      'without',
    ]),
    promql_functions: on(FUNCTIONS.keys()),
    promql_operators: on([...AGGREGATORS, ...OPERATORS]),
  })
}

const OPERATORS = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '==',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '=~',
  '!~',
  'and',
  'or',
  'unless',
  'atan2',
  '@',
]
