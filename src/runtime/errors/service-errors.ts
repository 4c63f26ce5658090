import type { RootLogger } from '../../logging/index.ts'
import type { Registry } from '../../metrics/index.ts'
import { type ErrorContext, node, type NodeMetrics } from '../../packs/index.ts'
import { currentContext } from '../../tracing/index.ts'
import type { Config } from '../config/config.ts'
import { RequestErrors } from './request-errors.ts'
import { Uncaught } from './uncaught.ts'

export interface ServiceErrorsOptions {
  readonly config: Pick<Config, 'prefix' | 'errors'>
  readonly metrics: Registry
  readonly log: RootLogger
  readonly redact: (text: string) => string
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
}

/** The errors of a service, from wherever they come: recorded by hand, of requests, and those that nobody caught. */
export interface ServiceErrors {
  readonly node: NodeMetrics
  readonly requests: RequestErrors
  /** Undefined when it is switched off. */
  readonly uncaught: Uncaught | undefined
}

export function serviceErrors({ config, metrics, log, redact, wallNow }: ServiceErrorsOptions): ServiceErrors {
  const requests = new RequestErrors(() => process.errors)
  const process = node({
    prefix: config.prefix,
    now: wallNow,
    redact,
    context: currentWork,
    onRecord: (context) => requests.told(context),
    maxGroups: config.errors.maxGroups,
  }).install(metrics)
  const uncaught = config.errors.uncaught ? new Uncaught({ metrics, errors: process.errors, log }) : undefined
  return { node: process, requests, uncaught }
}

function currentWork(): ErrorContext | undefined {
  const context = currentContext()
  return context === undefined ? undefined : { traceId: context.traceId, correlationId: context.correlationId }
}
