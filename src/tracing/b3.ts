import type { TraceParent } from './traceparent.ts'
import { isSpanId, isTraceId } from './traceparent.ts'

/** `b3`, or `x-b3-traceid` and its kin: https://github.com/openzipkin/b3-propagation */
export type B3Format = 'single' | 'multi'

/** A parent whose decision may be left to us. */
export interface B3Parent extends Omit<TraceParent, 'flags'> {
  readonly sampled: boolean | undefined
}

type Header = (name: string) => string | undefined

/** The one header goes before the several. */
export function parseB3(header: Header): B3Parent | undefined {
  const single = header('b3')
  if (single !== undefined) {
    const [trace = '', span = '', decision] = single.split('-')
    return parentOf(trace, span, decision)
  }
  const debug = header('x-b3-flags') === '1'
  return parentOf(header('x-b3-traceid') ?? '', header('x-b3-spanid') ?? '', debug ? 'd' : header('x-b3-sampled'))
}

export function formatB3(
  format: B3Format,
  context: { readonly traceId: string; readonly spanId: string; readonly parentSpanId: string | undefined },
  sampled: boolean,
): Record<string, string> {
  const { traceId, spanId, parentSpanId } = context
  const decision = sampled ? '1' : '0'
  if (format === 'single') {
    return { b3: [traceId, spanId, decision, ...(parentSpanId === undefined ? [] : [parentSpanId])].join('-') }
  }
  const headers: Record<string, string> = { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': decision }
  if (parentSpanId !== undefined) headers['x-b3-parentspanid'] = parentSpanId
  return headers
}

const SHORT = 16
const LONG = 32

function parentOf(trace: string, parentSpanId: string, decision: string | undefined): B3Parent | undefined {
  const traceId = trace.length === SHORT ? trace.padStart(LONG, '0') : trace
  if (!isTraceId(traceId) || !isSpanId(parentSpanId)) return undefined
  return { traceId, parentSpanId, sampled: DECISIONS.get(decision) }
}

const DECISIONS: ReadonlyMap<string | undefined, boolean> = new Map([
  ['1', true],
  ['d', true],
  ['true', true],
  ['0', false],
  ['false', false],
])
