import type { IncomingHeaders } from '../../tracing/index.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import type { QueueWatch } from './options.ts'
import { type Run, runProcess } from './process.ts'
import { beginSend, follow, type Send } from './send.ts'

/** What is read of a queue, a worker or a producer of flows. Who traces by the library's own option is left to it. */
interface Own {
  readonly name?: string
  readonly opts?: { readonly telemetry?: unknown }
}

interface JobOptions {
  readonly repeat?: unknown
  readonly telemetry?: { readonly metadata?: string; readonly omitContext?: boolean }
}

interface NewJob {
  readonly opts?: JobOptions
}

interface Flow extends NewJob {
  readonly queueName: string
  readonly children?: readonly Flow[]
}

interface Job extends NewJob {
  readonly id?: string
  readonly name: string
  readonly attemptsMade: number
  /** When it was added, and when it was begun: ms since the epoch. */
  readonly timestamp: number
  readonly processedOn?: number
  readonly delay?: number
}

/** Every queue, worker and producer of flows of BullMQ 5 and 6, by their prototypes. */
export function watchBullmq(library: object, watch: QueueWatch): () => void {
  const queue = prototypeOf(library, 'Queue', ['add', 'addBulk'])
  const worker = prototypeOf(library, 'Worker', ['callProcessJob'])
  const flows = prototypeOf(library, 'FlowProducer', ['add', 'addBulk'])
  return undoAll([
    patchMethod<Own>(queue, 'add', (original) =>
      sending(original, watch, {
        count: (_, { name = '' }) => new Map([[name, 1]]),
        give: ([name, data, opts, ...rest], headers) => [name, data, withHeaders(Object(opts), headers), ...rest],
      }),
    ),
    patchMethod<Own>(queue, 'addBulk', (original) =>
      sending(original, watch, {
        count: ([jobs], { name = '' }) => new Map([[name, jobsOf(jobs).length]]),
        give: ([jobs, ...rest], headers) => [jobsOf(jobs).map((job) => jobWithHeaders(job, headers)), ...rest],
      }),
    ),
    patchMethod<Own>(flows, 'add', (original) =>
      sending(original, watch, {
        count: ([flow]) => countFlows([asFlow(flow)]),
        give: ([flow, ...rest], headers) => [flowWithHeaders(asFlow(flow), headers), ...rest],
      }),
    ),
    patchMethod<Own>(flows, 'addBulk', (original) =>
      sending(original, watch, {
        count: ([given]) => countFlows(flowsOf(given)),
        give: ([given, ...rest], headers) => [flowsOf(given).map((flow) => flowWithHeaders(flow, headers)), ...rest],
      }),
    ),
    patchMethod<Own>(worker, 'callProcessJob', (original) => processing(original, watch)),
  ])
}

function prototypeOf(library: object, name: string, methods: readonly string[]): Own {
  const prototype: unknown = Reflect.get(Object(Reflect.get(library, name)), 'prototype')
  const missing = methods.find((method) => typeof Reflect.get(Object(prototype), method) !== 'function')
  if (typeof prototype === 'object' && prototype !== null && missing === undefined) return prototype
  throw new TypeError(`no ${name}.${missing ?? 'prototype'}`)
}

interface Sending {
  readonly count: (args: readonly unknown[], own: Own) => ReadonlyMap<string, number>
  /** The arguments, with the context of the send in each job. What was given stays as it is. */
  readonly give: (args: readonly unknown[], headers: string) => readonly unknown[]
}

function sending(original: Method<Own>, watch: QueueWatch, { count, give }: Sending): Method<Own> {
  return function add(...args) {
    const begun = watch.fuse.run((): { send: Send; given: readonly unknown[] } => {
      const send = beginSend(watch, count(args, this), !tracesItself(this))
      return { send, given: send.headers === undefined ? args : give(args, JSON.stringify(send.headers)) }
    })
    if (begun === undefined) return Reflect.apply(original, this, args)
    return follow(Reflect.apply(original, this, begun.given), begun.send)
  }
}

function tracesItself(own: Own): boolean {
  return own.opts?.telemetry !== undefined
}

/** Jobs that repeat have no one who asked for them; what the application says of the context stays. */
function withHeaders(opts: JobOptions, metadata: string): JobOptions {
  const { repeat, telemetry } = opts
  const isTold = telemetry?.metadata !== undefined || telemetry?.omitContext === true
  return repeat !== undefined || isTold ? opts : { ...opts, telemetry: { ...telemetry, metadata } }
}

function jobWithHeaders<J extends NewJob>(job: J, metadata: string): J {
  return { ...job, opts: withHeaders(job.opts ?? {}, metadata) }
}

function flowWithHeaders(flow: Flow, metadata: string): Flow {
  const own = jobWithHeaders(flow, metadata)
  const { children } = flow
  return children === undefined ? own : { ...own, children: children.map((child) => flowWithHeaders(child, metadata)) }
}

function countFlows(flows: readonly Flow[], counts: Map<string, number> = new Map()): ReadonlyMap<string, number> {
  for (const { queueName, children = [] } of flows) {
    counts.set(queueName, (counts.get(queueName) ?? 0) + 1)
    countFlows(children, counts)
  }
  return counts
}

function asFlow(flow: unknown): Flow {
  if (typeof Reflect.get(Object(flow), 'queueName') === 'string') return Object(flow)
  throw new TypeError('a flow without queueName')
}

function jobsOf(given: unknown): readonly NewJob[] {
  if (Array.isArray(given)) return given
  throw new TypeError('jobs that are no list')
}

function flowsOf(given: unknown): readonly Flow[] {
  if (Array.isArray(given)) return given
  throw new TypeError('flows that are no list')
}

function processing(original: Method<Own>, watch: QueueWatch): Method<Own> {
  return function callProcessJob(...args) {
    const begin = (): Run => {
      const job: Job = Object(args[0])
      const { id, name, attemptsMade, opts } = job
      return {
        destination: this.name ?? '',
        count: 1,
        waitsMs: attemptsMade > 0 ? [] : [waitOf(job)],
        headers: [headersOf(opts?.telemetry?.metadata)],
        attributes: { 'messaging.message.id': id, 'bullmq.job.name': name, 'bullmq.job.attempts': attemptsMade + 1 },
        traced: !tracesItself(this),
        isFailure: (error) => !isPutOff(error),
      }
    }
    return runProcess(watch, begin, () => Reflect.apply(original, this, args))
  }
}

/** From when it was due: nobody waits for a job while it is delayed. */
function waitOf({ timestamp, delay = 0, processedOn = timestamp }: Job): number {
  return Math.max(0, processedOn - timestamp - delay)
}

/** By these a job goes back to its queue, and none has failed. */
const PUT_OFF: ReadonlySet<string> = new Set(['DelayedError', 'WaitingChildrenError', 'WaitingError'])
const RATE_LIMIT = 'bullmq:rateLimitExceeded'

function isPutOff(error: unknown): boolean {
  return error instanceof Error && (PUT_OFF.has(error.name) || error.message === RATE_LIMIT)
}

/** What a job carries: as JSON, also from those who trace by `bullmq-otel`. */
function headersOf(metadata: string | undefined): IncomingHeaders {
  if (metadata === undefined) return {}
  try {
    const headers: Readonly<Record<string, unknown>> = Object(JSON.parse(metadata))
    return Object.fromEntries(
      Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    )
  } catch {
    return {}
  }
}
