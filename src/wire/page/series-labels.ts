import { LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import { PageError } from './page-error.ts'

const PLAIN = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** A series has no more labels, and nor has an exemplar. */
export const MAX_LABELS = 10_000

/**
 * The labels of a series as a scrape makes them: those without a value go, all of their name with them. A lone surrogate,
 * which is how bytes that are no UTF-8 are told, is at fault as they are.
 * @throws PageError for a series without a name, a label without one, or a name that comes twice.
 */
export function seriesLabels(given: readonly (readonly [string, string])[]): LabelSet {
  const absent = new Set<string>()
  for (const [name, value] of given) if (value === '') absent.add(name)
  const present = absent.size === 0 ? given : given.filter(([name]) => !absent.has(name))
  const seen = new Set<string>()
  let twice: string | undefined
  for (const [name] of present) {
    if (seen.has(name)) twice ??= name
    seen.add(name)
  }
  if (!seen.has(METRIC_NAME_LABEL)) throw new PageError('missing metric name (__name__ label)')
  if (seen.has('') || present.some(([name, value]) => isBad(name) || (name === METRIC_NAME_LABEL && isBad(value)))) {
    throw new PageError(`invalid metric name or label names: ${shown(present)}`)
  }
  if (twice !== undefined) throw new PageError(`label name ${JSON.stringify(twice)} is not unique: invalid sample`)
  return LabelSet.of(present)
}

function isBad(text: string): boolean {
  return !text.isWellFormed()
}

function shown(labels: readonly (readonly [string, string])[]): string {
  const some = labels
    .slice(0, 30)
    .map(
      ([name, value]) =>
        `${PLAIN.test(name) ? name : JSON.stringify(name)}=${JSON.stringify(value.slice(0, 200).toWellFormed())}`,
    )
  return `{${some.join(', ')}}`
}
