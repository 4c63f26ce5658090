/** What is wrong with a page, in Prometheus' words where it has some: they quote the line as far as it was read. */
export class PageError extends Error {
  override readonly name = 'PageError'
  /** Where reading ended. Undefined: the page was not looked at, or the fault is not at one place. */
  readonly byte: number | undefined

  constructor(message: string, byte?: number) {
    super(message)
    this.byte = byte
  }
}
