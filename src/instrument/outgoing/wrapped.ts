/** The `x-span-id` of the calls that an instrumented fetch has under way; it alone counts them. */
const wrapped = new Map<string, number>()

export function holdWrapped(spanId: string): void {
  wrapped.set(spanId, (wrapped.get(spanId) ?? 0) + 1)
}

export function releaseWrapped(spanId: string): void {
  const held = wrapped.get(spanId) ?? 0
  if (held > 1) wrapped.set(spanId, held - 1)
  else wrapped.delete(spanId)
}

export function isWrapped(spanId: string | undefined): boolean {
  return spanId !== undefined && wrapped.has(spanId)
}
