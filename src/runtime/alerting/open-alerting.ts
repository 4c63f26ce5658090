import type { CheckOptions } from '../../health/index.ts'
import type { PathHandler } from '../api/api.ts'
import { boxmanVersion } from '../version.ts'
import { Alerting } from './alerting.ts'
import type { AlertingOptions } from './alerting-options.ts'
import { alertingHandler, loadAlertingApi } from './api/paths.ts'

/** Alerting that is open, and what answers for it. */
export interface OpenAlerting {
  readonly alerting: Alerting
  readonly handle: PathHandler
  /** What answers, before the first request. */
  readonly load: () => Promise<void>
  /** For the service's health: without its disk it tells on, but does not outlive the process. */
  readonly check: CheckOptions
}

/** @throws ConfigError, BoxmanError */
export async function openAlerting(options: AlertingOptions): Promise<OpenAlerting> {
  const alerting = await Alerting.open(options)
  const { wallNow, onFault } = options
  const handle = alertingHandler({
    door: alerting,
    now: wallNow,
    version: boxmanVersion(),
    ruleGroups: options.ruleGroups,
    readToken: (token, now) => alerting.tokens.read(token, now),
    onFault,
  })
  const check: CheckOptions = {
    name: 'alerting:disk',
    cacheMs: 1000,
    run: () => {
      const { diskTrouble } = alerting
      return diskTrouble === undefined ? {} : { status: 'fail', output: `its state cannot be written: ${diskTrouble}` }
    },
  }
  return { alerting, handle, load: loadAlertingApi, check }
}
