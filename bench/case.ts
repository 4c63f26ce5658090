/** Does its work `times` times. */
export type Work = (times: number) => void | Promise<void>

/** Work with its own meter of CPU time so far: the cost arises in another process, or in a part of the work only. */
export interface MeteredWork {
  readonly work: Work
  readonly cpuNs: () => number | Promise<number>
}

export type Contender = () => Work | MeteredWork | Promise<Work | MeteredWork>

/** Prepares what is needed, and returns what takes the figure once. */
export type Reading = () => () => number | Promise<number>

interface Common {
  /** What is done, in words that a reader of the table understands. */
  readonly name: string
  readonly peerName: string
  /** Node's, for both: such as --no-turbo-inlining, as if a program had many call sites. */
  readonly flags?: readonly string[]
}

/** What one repetition costs in CPU time. */
export interface TimedCase extends Common {
  readonly unit: 'ns CPU' | 'us CPU' | 'ms CPU'
  readonly ours: Contender
  readonly peer: Contender
}

/** Anything else that can be read off, such as bytes. */
export interface ReadCase extends Common {
  readonly unit: 'ms' | 'bytes' | 'KiB' | 'MB' | 'samples/s'
  readonly ours: Reading
  readonly peer: Reading
}

/** One line of a result: ours and a peer's way to the same end, run in turns in one process. Less is better, but for what is a second. */
export type Case = TimedCase | ReadCase

/** In the case's unit. */
export interface Cost {
  readonly ours: number
  readonly peer: number
}

/** One line of a result. */
export interface Row {
  readonly bench: string
  readonly case: string
  readonly ours: number
  readonly peer: number
  readonly peerName: string
  /** ours / peer */
  readonly ratio: number
  readonly unit: string
  readonly better: 'lower' | 'higher'
}

/** A suite that takes several figures at once, and starts processes of its own: each figure as often as is said. */
export type Rows = (processes: number) => AsyncIterable<Omit<Row, 'bench' | 'ratio'>>

/** The same case against several peers: a line each. */
export function against<C extends Case>(
  one: Omit<C, 'peer' | 'peerName'>,
  peers: Readonly<Record<string, C['peer']>>,
): C[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was left out of C is put in
  return Object.entries(peers).map(([peerName, peer]) => ({ ...one, peerName, peer }) as unknown as C)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}
