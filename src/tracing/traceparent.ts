/** What a `traceparent` header says: https://www.w3.org/TR/trace-context-2/#traceparent-header */
export interface TraceParent {
  readonly traceId: string
  readonly parentSpanId: string
  /** Only the two bits that level 2 defines: 0x01 sampled, 0x02 random trace id. */
  readonly flags: number
}

export const FLAG_SAMPLED = 0x01
export const FLAG_RANDOM = 0x02
const KNOWN_FLAGS = 0x03

/** `vv-tttttttttttttttttttttttttttttttt-pppppppppppppppp-ff`: where each part begins, and where all ends. */
const TRACE_ID = 3
const PARENT_ID = 36
const FLAGS = 53
const LENGTH = 55

const ZERO = 48
const NINE = 57
const LOWER_A = 97
const LOWER_F = 102
const DASH = 45

/** Reads the header's one value; undefined when a trace has to start anew. */
export function parseTraceParent(text: string): TraceParent | undefined {
  if (text.length < LENGTH || !isHex(text, 0, 2) || text.startsWith('ff')) return undefined
  const isFinal = text.startsWith('00')
  if (text.length > LENGTH && (isFinal || text.charCodeAt(LENGTH) !== DASH)) return undefined
  if (text.charCodeAt(TRACE_ID - 1) !== DASH || text.charCodeAt(PARENT_ID - 1) !== DASH) return undefined
  if (text.charCodeAt(FLAGS - 1) !== DASH) return undefined
  if (!isId(text, TRACE_ID, PARENT_ID - 1) || !isId(text, PARENT_ID, FLAGS - 1) || !isHex(text, FLAGS, LENGTH)) {
    return undefined
  }
  return {
    traceId: text.slice(TRACE_ID, PARENT_ID - 1),
    parentSpanId: text.slice(PARENT_ID, FLAGS - 1),
    flags: Number.parseInt(text.slice(FLAGS, LENGTH), 16) & KNOWN_FLAGS,
  }
}

export function formatTraceParent(traceId: string, spanId: string, flags: number): string {
  return `00-${traceId}-${spanId}-0${(flags & KNOWN_FLAGS).toString(16)}`
}

/** 32 lowercase hex digits, not all zero. */
export function isTraceId(text: string): boolean {
  return text.length === PARENT_ID - 1 - TRACE_ID && isId(text, 0, text.length)
}

/** 16 lowercase hex digits, not all zero. */
export function isSpanId(text: string): boolean {
  return text.length === FLAGS - 1 - PARENT_ID && isId(text, 0, text.length)
}

function isHex(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (!((code >= ZERO && code <= NINE) || (code >= LOWER_A && code <= LOWER_F))) return false
  }
  return true
}

function isId(text: string, from: number, to: number): boolean {
  if (!isHex(text, from, to)) return false
  for (let i = from; i < to; i++) if (text.charCodeAt(i) !== ZERO) return true
  return false
}
