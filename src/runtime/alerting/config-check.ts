import type { CheckOptions } from '../../health/index.ts'
import type { Alerting } from './alerting.ts'

/** That the alertmanager.yml is the one in force. What is wrong with it degrades the service and no more: alerts are still told of. */
export function configCheck(alerting: Pick<Alerting, 'isConfigGood'>): CheckOptions {
  return {
    name: 'alerting:config',
    cacheMs: 1000,
    run: () =>
      alerting.isConfigGood
        ? {}
        : { status: 'fail', output: 'the alertmanager.yml was refused, and the one before goes on; the log says why' },
  }
}
