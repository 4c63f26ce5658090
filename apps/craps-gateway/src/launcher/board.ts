import type { Summary } from '../summary.ts'

export interface Terminal {
  readonly isTTY: boolean
  /** 0: unknown. */
  readonly columns: number
  write(text: string): void
}

/** Where there is no terminal to rewrite: a line this often. */
const PLAIN_MS = 5000
const STALE_MS = 3000
const CLEAR = '\r\u001B[2K'

/** Lines that stay, and below them one that is rewritten in place. */
export class Board {
  readonly #terminal: Terminal
  #isLive = false
  #plainAt = -Infinity

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  print(text: string): void {
    this.#terminal.write(`${this.#isLive ? CLEAR : ''}${text}\n`)
    this.#isLive = false
  }

  /** Shows a line as it stands at `at`, in ms. */
  live(line: string, at: number): void {
    const { isTTY, columns } = this.#terminal
    if (isTTY) {
      // A line that wraps could not be rewritten.
      this.#terminal.write(`${CLEAR}${line.slice(0, (columns > 0 ? columns : 80) - 1)}`)
      this.#isLive = true
    } else if (at - this.#plainAt >= PLAIN_MS) {
      this.#plainAt = at
      this.#terminal.write(`${line}\n`)
    }
  }
}

/** `ageMs`: since the figures were taken. */
export function lineOf(summary: Summary, ageMs: number): string {
  const { requestsPerSecond, p95Ms, ingressToProofP95Ms, subscribers, rolls, houseEdge, errors } = summary
  const parts = [
    `${figure(requestsPerSecond, 1)} requests/s`,
    `p95 ${figure(p95Ms, 0)} ms`,
    `ingress to proof p95 ${figure(ingressToProofP95Ms, 0)} ms`,
    `${figure(subscribers, 0)} subscribers`,
    `${figure(rolls, 0)} rolls`,
    `house edge ${figure(houseEdge === undefined ? undefined : houseEdge * 100, 2)} %`,
    `${figure(errors, 0)} errors`,
  ]
  const stale = ageMs > STALE_MS ? [`(no news for ${Math.floor(ageMs / 1000)} s)`] : []
  return [...parts, ...stale].join('  ')
}

const figure = (value: number | undefined, digits: number): string =>
  value === undefined ? '-' : value.toFixed(digits)
