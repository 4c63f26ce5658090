import { quoted } from './quote.ts'
import type { Span } from './source.ts'
import { encodeUtf8 } from './utf8.ts'

export const SET_OPERATORS = ['and', 'or', 'unless'] as const
export const COMPARISONS = ['==', '!=', '<=', '<', '>=', '>'] as const
export const ARITHMETIC = ['+', '-', '*', '/', '%', '^', 'atan2'] as const
/** Cut the observations above or below a value off a native histogram. */
export const TRIMS = ['</', '>/'] as const
export const AGGREGATORS = [
  'avg',
  'bottomk',
  'count',
  'count_values',
  'group',
  'limit_ratio',
  'limitk',
  'max',
  'min',
  'quantile',
  'stddev',
  'stdvar',
  'sum',
  'topk',
] as const
export const KEYWORDS = [
  'anchored',
  'bool',
  'by',
  'fill',
  'fill_left',
  'fill_right',
  'group_left',
  'group_right',
  'ignoring',
  'offset',
  'on',
  'smoothed',
  'without',
] as const
/** Values that are known only when the query is run. */
export const PREPROCESSORS = ['start', 'end', 'step', 'range', 'min_of', 'max_of'] as const
const MATCH_OPERATORS = ['=~', '!~'] as const
const MARKS = ['(', ')', '{', '}', '[', ']', ',', ':', '='] as const
const TEXTS = ['identifier', 'metric identifier', 'string', 'number', 'duration'] as const

export type SetOperator = (typeof SET_OPERATORS)[number]
export type Comparison = (typeof COMPARISONS)[number]
export type BinaryOperator = SetOperator | Comparison | (typeof ARITHMETIC)[number] | (typeof TRIMS)[number]
export type Aggregator = (typeof AGGREGATORS)[number]

export type TokenKind =
  | BinaryOperator
  | Aggregator
  | (typeof KEYWORDS)[number]
  | (typeof PREPROCESSORS)[number]
  | (typeof MATCH_OPERATORS)[number]
  | (typeof MARKS)[number]
  | (typeof TEXTS)[number]
  | '@'
  | 'comment'
  | 'error'
  /** The end of the text, once; then comes 'nothing', which also stands for everything after an error. */
  | 'eof'
  | 'nothing'

export interface Token extends Span {
  readonly kind: TokenKind
  /** As written; an error's message. */
  readonly text: string
}

const WORD_OPERATORS = [...SET_OPERATORS, 'atan2'] as const
/** Words with a meaning of their own, in any case. */
export const WORDS: ReadonlyMap<string, TokenKind> = new Map<string, TokenKind>([
  ...[...WORD_OPERATORS, ...AGGREGATORS, ...KEYWORDS, ...PREPROCESSORS].map((word) => [word, word] as const),
  ['inf', 'number'],
  ['nan', 'number'],
])

const isText = memberOf(TEXTS)
const isMark = memberOf([...MARKS, ...PREPROCESSORS])
const isKeyword = memberOf(KEYWORDS)
export const isAggregator: (kind: string) => kind is Aggregator = memberOf(AGGREGATORS)
export const isSetOperator: (kind: string) => kind is SetOperator = memberOf(SET_OPERATORS)
export const isTrim: (kind: string) => kind is (typeof TRIMS)[number] = memberOf(TRIMS)
export const isComparison: (kind: string) => kind is Comparison = memberOf(COMPARISONS)

/** Words that name a metric where an expression may begin. */
export const METRIC_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'identifier',
  'metric identifier',
  ...SET_OPERATORS,
  ...AGGREGATORS,
  ...PREPROCESSORS,
  'anchored',
  'by',
  'fill',
  'fill_left',
  'fill_right',
  'offset',
  'smoothed',
  'without',
])

/** Words that name a label in a list of labels. */
export const LABEL_WORDS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'identifier',
  'metric identifier',
  ...WORD_OPERATORS,
  ...AGGREGATORS,
  ...PREPROCESSORS,
  ...KEYWORDS.filter((word) => word !== 'without'),
])

/** The token as error messages name it. */
export function describe({ kind, text }: Token): string {
  if (kind === 'eof' || kind === 'nothing') return 'end of input'
  if (isText(kind))
    return `${kind} ${kind === 'identifier' || kind === 'metric identifier' ? quoted(text) : shortened(text)}`
  if (isMark(kind)) return quoted(text)
  if (isKeyword(kind)) return `<${text}>`
  return isAggregator(kind) ? `<aggr:${text}>` : `<op:${text}>`
}

function shortened(text: string): string {
  return encodeUtf8(text).length > 10 ? `${quoted(Array.from(text).slice(0, 10).join(''))}...` : quoted(text)
}

export function memberOf<T extends string>(members: readonly T[]): (kind: string) => kind is T {
  const all = new Set<string>(members)
  return (kind): kind is T => all.has(kind)
}
