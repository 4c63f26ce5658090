import type { AppendResult, Refusal } from '../../tsdb/index.ts'

/** Why something that was sent is not in the store. */
export type Loss = Refusal | 'bad-labels' | 'not-logged' | 'unfit'

/** Worth another try later: it is us, not them. */
const RETRYABLE: readonly Loss[] = ['not-logged', 'log', 'bytes-limit', 'unknown-series']

const WORDS: Readonly<Record<Loss, string>> = {
  'not-logged': 'the log could not be written',
  log: 'the log could not be written',
  'bytes-limit': 'the store is full until its next block is written',
  'unknown-series': 'a series was forgotten meanwhile',
  'series-limit': 'the store has as many series as it may (tsdb maxSeries)',
  'bad-time': 'timestamp out of range',
  'too-new': 'out of bounds: over an hour ahead of this clock',
  'too-old': 'out of bounds: older than what the store keeps',
  'out-of-order': 'out of order sample',
  duplicate: 'duplicate sample for timestamp',
  'bad-histogram': 'histogram that cannot be',
  'bad-labels': 'invalid labels',
  unfit: 'no place for it in Prometheus',
}

/** What became of a request. */
export class Outcome {
  samples = 0
  histograms = 0
  exemplars = 0
  readonly losses: Map<Loss, number> = new Map()
  /** An example of each kind of bad input. */
  readonly details: string[] = []

  lose(why: Loss, count = 1, detail?: string): void {
    if (count <= 0) return
    this.losses.set(why, (this.losses.get(why) ?? 0) + count)
    if (detail !== undefined && this.details.length < 3) this.details.push(detail)
  }

  took(kind: 'samples' | 'histograms', { appended, refused }: AppendResult): void {
    this[kind] += appended
    for (const [why, count] of Object.entries(refused)) this.lose(refusalOf(why), count)
  }

  get lost(): number {
    let sum = 0
    for (const count of this.losses.values()) sum += count
    return sum
  }

  get verdict(): 'taken' | 'retry' | 'refused' {
    if (this.losses.size === 0) return 'taken'
    return RETRYABLE.some((why) => this.losses.has(why)) ? 'retry' : 'refused'
  }

  /** `3 out of order sample; 1 invalid labels (label "a" comes twice)` */
  get message(): string {
    const counts = Array.from(this.losses, ([why, count]) => `${count} ${WORDS[why]}`).join('; ')
    return this.details.length === 0 ? counts : `${counts} (${this.details.join('; ')})`
  }
}

function refusalOf(why: string): Refusal {
  const known = Object.keys(WORDS).find((each): each is Refusal => each === why)
  if (known === undefined) throw new Error(`BUG: a refusal of the kind ${why}`)
  return known
}
