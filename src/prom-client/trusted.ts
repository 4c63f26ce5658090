/**
 * Says what a value is where prom-client's types promise more than can be checked: what programs hand in, and what their
 * own metrics and workers tell.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller's word is all there is
export function trusted<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as T
}
