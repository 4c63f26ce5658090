import type { Family } from '../family.ts'

/** What is wrong with a metric's name, help or labels, in the words of promtool. */
export interface LintProblem {
  readonly metric: string
  readonly text: string
}

/** Units by the last word of their name, with the base unit that should stand instead. As promlint has them. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ...['amperes', 'bytes', 'celsius', 'grams', 'joules', 'kelvin', 'meters', 'metres', 'seconds', 'volts'].map(
    (base) => [base, base] as const,
  ),
  ...['minutes', 'hours', 'days', 'weeks'].map((time) => [time, 'seconds'] as const),
  ...['inches', 'yards', 'miles'].map((length) => [length, 'meters'] as const),
  ...['pounds', 'ounces'].map((mass) => [mass, 'grams'] as const),
  ['kelvins', 'kelvin'],
  ['fahrenheit', 'celsius'],
  ['rankine', 'celsius'],
  ['bits', 'bytes'],
  ['calories', 'joules'],
])
const PREFIXES = 'pico nano micro milli centi deci deca hecto kilo kibi mega mibi giga gibi tera tebi peta pebi'.split(
  ' ',
)
const ABBREVIATIONS = 's ms us ns sec b kb mb gb tb pb m h d'.split(' ')
const CAMEL_CASE = /[a-z][A-Z]/

/**
 * Judges names as `promtool check metrics` does (the rules of Prometheus' promlint), so that a test can.
 * A family without series is judged too.
 */
export function lintMetrics(families: readonly Family[]): readonly LintProblem[] {
  return families.flatMap((family) => textsOf(family).map((text) => ({ metric: family.name, text })))
}

function textsOf(family: Family): string[] {
  const { name, help } = family
  const labels = new Set(family.series.flatMap((series) => Object.keys(series.labels)))
  const texts: string[] = []
  if (help === '') texts.push('no help text')
  const unit = unitIn(name)
  if (unit !== undefined && unit.base !== unit.word) {
    texts.push(`use base unit "${unit.base}" instead of "${unit.word}"`)
  }
  const isCounter = family.kind === 'counter'
  if (isCounter && !name.endsWith('_total')) texts.push('counter metrics should have "_total" suffix')
  if (!isCounter && name.endsWith('_total')) texts.push('non-counter metrics should not have "_total" suffix')
  if (family.kind !== 'histogram') {
    if (name.endsWith('_bucket')) texts.push('non-histogram metrics should not have "_bucket" suffix')
    if (labels.has('le')) texts.push('non-histogram metrics should not have "le" label')
  }
  if (family.kind !== 'histogram' && family.kind !== 'summary') {
    for (const suffix of ['_count', '_sum']) {
      if (name.endsWith(suffix)) texts.push(`non-histogram and non-summary metrics should not have "${suffix}" suffix`)
    }
  }
  if (labels.has('quantile')) texts.push('non-summary metrics should not have "quantile" label')
  if (hasWord(name, family.kind)) texts.push(`metric name should not include type '${family.kind}'`)
  if (name.includes(':')) texts.push("metric names should not contain ':'")
  if (CAMEL_CASE.test(name)) texts.push("metric names should be written in 'snake_case' not 'camelCase'")
  for (const label of labels) {
    if (CAMEL_CASE.test(label)) texts.push("label names should be written in 'snake_case' not 'camelCase'")
  }
  if (ABBREVIATIONS.some((unit) => hasWord(name, unit))) {
    texts.push('metric names should not contain abbreviated units')
  }
  return texts
}

function unitIn(name: string): { readonly word: string; readonly base: string } | undefined {
  for (const word of name.split('_')) {
    const bare = [
      word,
      ...PREFIXES.filter((prefix) => word.startsWith(prefix)).map((prefix) => word.slice(prefix.length)),
    ]
    for (const unit of bare) {
      const base = UNITS.get(unit)
      if (base !== undefined) return { word, base }
    }
  }
  return undefined
}

/** Inside the name or at its end, set off by underscores. */
function hasWord(name: string, word: string): boolean {
  const lower = name.toLowerCase()
  return lower.includes(`_${word}_`) || lower.endsWith(`_${word}`)
}
