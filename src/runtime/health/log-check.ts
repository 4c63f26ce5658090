import type { CheckOutcome, CheckResult } from '../../health/index.ts'
import type { Logger } from '../../logging/index.ts'

/** Once a change, so that the log says when it began and when it was over. */
export function logCheck(log: Logger, { name, critical, outcome, output }: CheckResult, before: CheckOutcome): void {
  const fields = { check: name, critical, outcome, output }
  if (outcome === 'fail') log.warn(fields, 'A health check fails')
  else if (outcome === 'warn') log.warn(fields, 'A health check warns')
  else if (before !== 'pending') log.info(fields, 'A health check passes again')
}
