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

  /** What a live line may take: one that wraps could not be rewritten. */
  get width(): number {
    const { isTTY, columns } = this.#terminal
    if (!isTTY) return Infinity
    return (columns > 0 ? columns : 80) - 1
  }

  /** Shows a line as it stands at `at`, in ms. */
  live(line: string, at: number): void {
    if (this.#terminal.isTTY) {
      this.#terminal.write(`${CLEAR}${line.slice(0, this.width)}`)
      this.#isLive = true
    } else if (at - this.#plainAt >= PLAIN_MS) {
      this.#plainAt = at
      this.#terminal.write(`${line}\n`)
    }
  }
}

/** `ageMs`: since the figures were taken. In few words where there is less `width` than all of them need. */
export function lineOf(summary: Summary, ageMs: number, width: number = Infinity): string {
  const { requestsPerSecond, p95Ms, ingressToProofP95Ms, subscribers, rolls, houseEdge, errors } = summary
  const edge = figure(houseEdge === undefined ? undefined : houseEdge * 100, 2)
  const parts = [
    [`${figure(requestsPerSecond, 0)} requests/s`, `${figure(requestsPerSecond, 0)} req/s`],
    [`p95 ${figure(p95Ms, 0)} ms`],
    [`ingress to proof p95 ${figure(ingressToProofP95Ms, 0)} ms`, `proof ${figure(ingressToProofP95Ms, 0)} ms`],
    [`${figure(subscribers, 0)} subscribers`, `${figure(subscribers, 0)} subs`],
    [`${figure(rolls, 0)} rolls`],
    [`house edge ${edge} %`, `edge ${edge} %`],
    [`${figure(errors, 0)} errors`],
    ...(ageMs > STALE_MS ? [[`(no news for ${Math.floor(ageMs / 1000)} s)`]] : []),
  ]
  const full = parts.map(([long]) => long).join('  ')
  return full.length <= width ? full : parts.map((part) => part.at(-1)).join('  ')
}

const figure = (value: number | undefined, digits: number): string =>
  value === undefined ? '-' : value.toFixed(digits)
