import { createSystemReader } from '../../instrument/index.ts'
import type { Logger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { node } from '../../packs/index.ts'
import type { Tsdb } from '../../tsdb/index.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { StoreLog } from '../history/store-log.ts'
import { Loop, type Step } from '../loop.ts'
import { backgroundSteps } from '../steps.ts'
import type { Scrapers } from '../targets/scrapers.ts'
import type { OwnTarget } from './own-target.ts'
import { LateConsole } from '../console/late-console.ts'
import type { Outward } from '../alerting/outward.ts'
import type { Rules } from './rules.ts'

export interface BackgroundParts {
  readonly settings: ResolvedConfig
  readonly store: Tsdb
  readonly metrics: Registry
  readonly log: Logger
  readonly scrapers: Scrapers
  readonly rules: Rules
  readonly own: OwnTarget
  readonly outward: Outward
  readonly console: LateConsole
}

const ROUND_MS = 1000
/** Of the rounds, those that read the process and the machine. */
const COLLECT_ROUNDS = 5
const OWN_TIMEOUT_MS = 10_000

/** What the server does every second. Targets have timers of their own. */
export function createBackground(parts: BackgroundParts): Loop {
  const { metrics, log } = parts
  const failures = metrics.counter({
    name: 'boxman_runtime_step_failures_total',
    help: 'Steps of the background loop that threw, were late, or still hung from an earlier round.',
    labelNames: ['step'],
  })
  const steps = stepsOf(parts)
  // At zero from the start: the first failure is an increase that `rate` can see.
  for (const { name } of steps) failures.labels({ step: name })
  return new Loop({
    steps,
    intervalMs: ROUND_MS,
    now: () => Date.now(),
    onFailure: (step) => failures.inc({ step }),
    warn: (step, reason, detail) => log.warn({ step, reason, detail }, 'A background step failed'),
  })
}

function stepsOf({
  settings,
  store,
  metrics,
  log,
  scrapers,
  rules,
  own,
  outward,
  console,
}: BackgroundParts): readonly Step[] {
  const storeLog = new StoreLog(store, log)
  return [
    {
      name: 'store',
      run: async (at) => {
        await store.step(at)
        storeLog.step(at)
      },
    },
    { name: 'discovery', run: (at) => scrapers.step(at) },
    { name: 'rules', run: (at) => rules.step(at) },
    { name: 'alerting', run: (at) => outward.step(at) },
    { name: 'own', timeoutMs: OWN_TIMEOUT_MS, run: (at) => own.step(at) },
    ...backgroundSteps({
      thresholds: () => settings.thresholds,
      reader: createSystemReader(),
      now: () => performance.now(),
      node: node({ prefix: 'boxman' }).install(metrics),
      log,
      sweep: (at) => metrics.expire(at),
      rounds: COLLECT_ROUNDS,
    }),
    console.step(LateConsole.stepMs / ROUND_MS),
  ]
}
