import {
  type CorrelationContext,
  extractContext,
  type IncomingHeaders,
  runWithContext,
  Span,
  type Attributes,
} from '../../tracing/index.ts'
import type { ProcessedMessages, QueueWatch } from './options.ts'
import { endWith, failed, type Failure } from './send.ts'

export interface Run extends Pick<ProcessedMessages, 'destination' | 'group' | 'count' | 'waitsMs'> {
  /** Of each message: what it carries. */
  readonly headers: readonly IncomingHeaders[]
  readonly attributes: Attributes
  /** False: it is no span, and runs in whatever context there is. */
  readonly traced?: boolean
  /** Whether what was thrown is a failure: a job may also be put off by an error. */
  readonly isFailure?: (error: unknown) => boolean
}

const MAX_LINKS = 32

/** Does the work that the application does with messages, in the context of whoever sent them. */
export function runProcess(watch: QueueWatch, begin: () => Run, work: () => unknown): unknown {
  const { now, fuse } = watch
  const started = fuse.run(() => {
    const run = begin()
    const context = run.traced === false ? undefined : processContext(watch, run)
    return { run, context, at: now() }
  })
  if (started === undefined) return work()
  const { run, context, at } = started
  const settle = (failure?: Failure): void => {
    const real = failure === undefined || (run.isFailure?.(failure.error) ?? true) ? failure : undefined
    fuse.run(() => endProcess(watch, run, context, real))
    fuse.run(() => {
      const { destination, group, count, waitsMs } = run
      watch.record.processed({
        system: watch.system,
        destination,
        ...(group === undefined ? {} : { group }),
        count,
        waitsMs,
        durationMs: now() - at,
        ...failed(real),
      })
    })
  }
  try {
    const result = context === undefined ? work() : runWithContext(context, work)
    Promise.resolve(result).then(
      () => settle(),
      (error: unknown) => settle({ error }),
    )
    return result
  } catch (error) {
    settle({ error })
    throw error
  }
}

/** One message continues its sender's trace; several are linked to theirs. */
function processContext({ ids, tracer }: QueueWatch, { destination, headers }: Run): CorrelationContext {
  const name = `process ${destination}`
  const [first = {}] = headers
  const own = headers.length === 1 ? first : {}
  if (tracer === undefined) return extractContext(own, ids)
  const span = tracer.startRequest(name, { kind: 'consumer', headers: own, route: name })
  if (headers.length === 1) return span
  for (const each of headers.slice(0, MAX_LINKS)) {
    if (each['traceparent'] === undefined) continue
    const { traceId, parentSpanId, traceFlags, traceState } = extractContext(each, ids)
    if (parentSpanId === undefined) continue
    span.addLink({ traceId, spanId: parentSpanId, traceFlags, ...(traceState === undefined ? {} : { traceState }) })
  }
  return span
}

function endProcess(
  { system }: QueueWatch,
  { destination, group, count, attributes }: Run,
  span: CorrelationContext | undefined,
  failure: Failure | undefined,
): void {
  if (!(span instanceof Span)) return
  span.setAttributes({
    'messaging.system': system,
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': destination,
    'messaging.consumer.group.name': group,
    'messaging.batch.message_count': count === 1 ? undefined : count,
    ...attributes,
  })
  endWith(span, failure)
}
