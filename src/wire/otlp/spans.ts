/** Spans as plain data, as far as OTLP has a place for them. Times are ms since the epoch, with fractions. */
export interface OtlpSpan {
  /** 32 and 16 lowercase hex digits. */
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly parentIsRemote: boolean
  readonly traceFlags: number
  readonly traceState: string | undefined
  readonly name: string
  readonly kind: keyof typeof SPAN_KINDS
  readonly startMs: number
  readonly endMs: number
  readonly status: keyof typeof STATUS_CODES
  readonly statusMessage: string | undefined
  readonly attributes: OtlpAttributes
  readonly events: readonly { readonly name: string; readonly atMs: number; readonly attributes: OtlpAttributes }[]
  readonly links: readonly OtlpLink[]
  readonly droppedAttributes: number
  readonly droppedEvents: number
  readonly droppedLinks: number
  readonly scope: OtlpScope | undefined
}

export interface OtlpLink {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags?: number
  readonly traceState?: string
  readonly attributes: OtlpAttributes
}

export interface OtlpScope {
  readonly name: string
  readonly version?: string
}

export type OtlpValue = string | number | boolean | readonly (string | number | boolean)[]
export type OtlpAttributes = Readonly<Record<string, OtlpValue>>

/** Spans of one resource: a service, a host. */
export interface OtlpSpans {
  readonly resource: OtlpAttributes
  readonly spans: readonly OtlpSpan[]
}

export const SPAN_KINDS: {
  readonly internal: 1
  readonly server: 2
  readonly client: 3
  readonly producer: 4
  readonly consumer: 5
} = Object.freeze({ internal: 1, server: 2, client: 3, producer: 4, consumer: 5 })
export const STATUS_CODES: { readonly unset: 0; readonly ok: 1; readonly error: 2 } = Object.freeze({
  unset: 0,
  ok: 1,
  error: 2,
})

const [HAS_IS_REMOTE, IS_REMOTE] = [0x100, 0x200]

export function flagsOf(traceFlags: number, parentIsRemote: boolean): number {
  return (traceFlags & 0xff) | HAS_IS_REMOTE | (parentIsRemote ? IS_REMOTE : 0)
}

/** Of ms since the epoch: rounded once, from the fraction of a millisecond, so that nothing is lost of it. */
export function nanosecondsOf(ms: number): bigint {
  const whole = Math.floor(ms)
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6))
}

export interface ScopeGroup {
  readonly scope: OtlpScope
  readonly spans: OtlpSpan[]
}

export interface ResourceGroup {
  readonly resource: OtlpAttributes
  readonly scopes: Map<string, ScopeGroup>
}

/** Those of one and the same resource object together, and in it those of a scope. */
export function grouped(parts: readonly OtlpSpans[], ownScope: OtlpScope): ResourceGroup[] {
  const groups = new Map<OtlpAttributes, ResourceGroup>()
  for (const { resource, spans } of parts) {
    let group = groups.get(resource)
    if (group === undefined) groups.set(resource, (group = { resource, scopes: new Map() }))
    for (const span of spans) {
      const scope = span.scope ?? ownScope
      const key = JSON.stringify([scope.name, scope.version])
      const known = group.scopes.get(key)
      if (known === undefined) group.scopes.set(key, { scope, spans: [span] })
      else known.spans.push(span)
    }
  }
  return [...groups.values()]
}
