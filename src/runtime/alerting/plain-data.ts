import { LabelSet, type MatchOperator, Matcher } from '../../series/index.ts'

// Events and configurations as JSON: labels, matchers and numbers that JSON does not know are marked by a key of their own, and
// so are objects that have such a key themselves.

type Marked =
  | { readonly $labels: readonly (readonly [string, string])[] }
  | { readonly $matcher: readonly [name: string, operator: MatchOperator, value: string] }
  | { readonly $number: string }
  | { readonly $object: readonly (readonly [string, unknown])[] }

const MARKS = new Set(['$labels', '$matcher', '$number', '$object'])

export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown): unknown => {
    if (inner instanceof LabelSet) return { $labels: [...inner] } satisfies Marked
    if (inner instanceof Matcher) {
      return { $matcher: [inner.name, inner.operator, inner.value] } satisfies Marked
    }
    if (typeof inner === 'number' && !Number.isFinite(inner)) return { $number: String(inner) } satisfies Marked
    return isMarked(inner) ? ({ $object: Object.entries(inner) } satisfies Marked) : inner
  })
}

/** What `toJson` wrote. @throws SyntaxError, RangeError for what it did not. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, inner: unknown): unknown => (isMarked(inner) ? unmarked(inner) : inner))
}

function isMarked(value: unknown): value is Marked {
  return typeof value === 'object' && value !== null && Object.keys(value).some((key) => MARKS.has(key))
}

function unmarked(marked: Marked): unknown {
  if ('$labels' in marked) return LabelSet.keepingEmpty(marked.$labels)
  if ('$matcher' in marked) return new Matcher(...marked.$matcher)
  return '$number' in marked ? Number(marked.$number) : Object.fromEntries(marked.$object)
}
