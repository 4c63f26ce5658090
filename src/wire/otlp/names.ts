/** Units as OpenTelemetry writes them (UCUM), in the plural that Prometheus' names end in. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])
const PER: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

export interface Named {
  readonly name: string
  readonly unit: string
  readonly kind: 'counter' | 'gauge' | 'other'
}

/**
 * A metric's name as Prometheus has it: words joined by _, the unit and `total` at the end.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export function metricName({ name, unit, kind }: Named): string {
  let words = name.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '')
  const [main = '', per] = splitAtFirst(unit, '/').map((part) => part.trim())
  const mainUnit = spelled(main, UNITS)
  const perUnit = per === undefined ? '' : spelled(per, PER)
  const perWords = perUnit === '' ? '' : `per_${perUnit}`
  // What is asked is whether a word is the unit, as Prometheus asks it.
  if (mainUnit !== '' && !words.includes(mainUnit)) words.push(mainUnit)
  if (perWords !== '' && !words.includes(perWords)) words.push(perWords)
  if (kind === 'counter') words = [...words.filter((word) => word !== 'total'), 'total']
  if (kind === 'gauge' && unit === '1') words = [...words.filter((word) => word !== 'ratio'), 'ratio']
  const joined = words.join('_')
  return /^\d/.test(joined) ? `_${joined}` : joined
}

function spelled(unit: string, known: ReadonlyMap<string, string>): string {
  if (/[{}]/.test(unit)) return ''
  const word = known.get(unit) ?? unit
  return word
    .replaceAll(/[^a-zA-Z0-9:]/g, '_')
    .replaceAll(/__+/g, '_')
    .replaceAll(/^_|_$/g, '')
}

function splitAtFirst(text: string, separator: string): string[] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** An attribute's key as a label's name. */
export function labelName(key: string): string {
  const name = key.replaceAll(/[^a-zA-Z0-9_]/gu, '_')
  if (/^\d/.test(name)) return `key_${name}`
  return name.startsWith('_') && !name.startsWith('__') ? `key${name}` : name
}
