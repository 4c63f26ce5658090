/** npm passes a terminal's Ctrl-C on to a process that has had it already: two so close are one. */
const ECHO_MS = 500

/** What a Ctrl-C means: the first stops in order, the second at once. */
export class Interrupts {
  #firstAt: number | undefined

  press(at: number): 'stop' | 'echo' | 'kill' {
    if (this.#firstAt === undefined) {
      this.#firstAt = at
      return 'stop'
    }
    return at - this.#firstAt < ECHO_MS ? 'echo' : 'kill'
  }
}
