/** Does its work `times` times. */
export type Work = (times: number) => void | Promise<void>

/** Work whose cost arises in another process, with that process's CPU time so far. */
export interface RemoteWork {
  readonly work: Work
  readonly cpuNs: () => Promise<number>
}

export type Contender = () => Work | Promise<Work | RemoteWork>

/** One line of a result: ours and a peer's way to the same end, run in turns in one process. */
export interface Case {
  /** What is done, in words that a reader of the table understands. */
  readonly name: string
  readonly peerName: string
  /** What one repetition costs is told in this unit of CPU time. */
  readonly unit: 'ns' | 'us' | 'ms'
  /** Node's, for both: such as --no-turbo-inlining, as if a program had many call sites. */
  readonly flags?: readonly string[]
  readonly ours: Contender
  readonly peer: Contender
}

/** CPU time for one repetition, in the case's unit. */
export interface Cost {
  readonly ours: number
  readonly peer: number
}

export const NS_PER_UNIT: Readonly<Record<Case['unit'], number>> = { ns: 1, us: 1e3, ms: 1e6 }

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2
}
