const NAME = /^[A-Za-z_]\w{0,63}$/

/** The class of an error, where it has one that could be a label's value. */
export function errorTypeOf(error: unknown): string {
  const name: unknown = error instanceof Error ? error.name : undefined
  return typeof name === 'string' && NAME.test(name) ? name : '_OTHER'
}
