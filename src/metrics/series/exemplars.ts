import type { ExemplarInput } from '../instrument.ts'
import type { Surroundings } from '../definition.ts'
import type { Exemplar } from '../reader.ts'

/** OpenMetrics: names and values of an exemplar's labels together, in Unicode characters. */
const MOST_CHARACTERS = 128
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** The last exemplar of each bucket of each series. */
export class Exemplars {
  readonly #buckets: number
  readonly #held = new Map<number, Exemplar>()

  constructor(buckets: number) {
    this.#buckets = buckets
  }

  get(slot: number, bucket: number): Exemplar | undefined {
    return this.#held.get(slot * this.#buckets + bucket)
  }

  set(slot: number, bucket: number, exemplar: Exemplar): void {
    this.#held.set(slot * this.#buckets + bucket, exemplar)
  }

  forget(slot: number): void {
    for (let i = 0; i < this.#buckets; i++) this.#held.delete(slot * this.#buckets + i)
  }
}

/** A copy, well-formed; undefined when its labels are no labels, or too many characters. */
export function toExemplar(
  input: ExemplarInput,
  value: number,
  { now, redact = (text) => text }: Pick<Surroundings, 'now' | 'redact'>,
): Exemplar | undefined {
  const { labels: given, at }: Exclude<ExemplarInput, string> =
    typeof input === 'string' ? { labels: { trace_id: input } } : input
  const labels: Record<string, string> = {}
  let characters = 0
  for (const [name, text] of Object.entries(given)) {
    if (!LABEL_NAME.test(name) || typeof text !== 'string' || text.length > 2 * MOST_CHARACTERS) return undefined
    const copy = typeof input === 'string' ? text.toWellFormed() : redact(text.toWellFormed())
    labels[name] = copy
    characters += name.length
    for (const _ of copy) characters++
  }
  return characters <= MOST_CHARACTERS ? { labels, value, at: at ?? now?.() ?? NaN } : undefined
}
