import { valueText } from './format-value.ts'
import { formatFloat, type FloatVerb } from './go-float.ts'
import { canBackquote, goQuote, namedChar } from './go-text.ts'
import { typeName, type Value } from './value.ts'

/** `%-8.3f` */
export interface Directive {
  readonly flags: ReadonlySet<string>
  readonly width: number | undefined
  readonly precision: number | undefined
  readonly verb: string
}

/** A value as one directive wants it; a complaint in the text when it cannot be had so. */
export function formatOne(value: Value, directive: Directive): string {
  const { verb, flags } = directive
  if (verb === 'T') return pad(typeName(value), directive)
  if (value.type === 'nil') return verb === 'v' ? pad('<nil>', directive) : `%!${verb}(<nil>)`
  const shown = formatVerb(value, directive)
  if (shown !== undefined) return shown
  const inside = valueText(value, flags.has('+'))
  return `%!${verb}(${typeName(value)}=${inside})`
}

/** Undefined: the verb is none for such a value. */
function formatVerb(value: Value, directive: Directive): string | undefined {
  switch (value.type) {
    case 'nil':
      return undefined
    case 'bool':
      return directive.verb === 't' || directive.verb === 'v' ? pad(String(value.value), directive) : undefined
    case 'int':
      return value.of.startsWith('time.') && 'vsxXq'.includes(directive.verb)
        ? formatText(valueText(value), directive)
        : formatInt(value.value, directive)
    case 'float':
      return formatNumber(value.value, directive)
    case 'string':
      return formatText(value.value, directive)
    case 'histogram':
    case 'time':
    case 'duration':
      return 'vsxXq'.includes(directive.verb) ? formatText(valueText(value), directive) : undefined
    case 'map':
    case 'vector':
    case 'list':
    case 'sample':
    case 'data':
      return directive.verb === 'v' || directive.verb === 's'
        ? pad(valueText(value, directive.flags.has('+')), directive)
        : undefined
  }
}

function formatText(given: string, directive: Directive): string | undefined {
  const { verb, flags, precision } = directive
  const cut = precision === undefined ? given : Array.from(given).slice(0, precision).join('')
  switch (verb) {
    case 'v':
      return pad(flags.has('#') ? goQuote(cut) : cut, directive)
    case 's':
      return pad(cut, directive)
    case 'q':
      if (flags.has('#') && canBackquote(cut)) return pad(`\`${cut}\``, directive)
      return pad(goQuote(cut, '"', flags.has('+')), directive)
    case 'x':
    case 'X': {
      const bytes = new TextEncoder().encode(given).slice(0, precision)
      const separator = flags.has(' ') ? ' ' : ''
      const mark = flags.has('#') ? '0x' : ''
      const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
      const joined = separator === '' ? mark + pairs.join('') : pairs.map((pair) => mark + pair).join(separator)
      return pad(pairs.length === 0 ? '' : verb === 'X' ? joined.toUpperCase() : joined, directive)
    }
    default:
      return undefined
  }
}

const RADIX: ReadonlyMap<string, number> = new Map([
  ['d', 10],
  ['v', 10],
  ['b', 2],
  ['o', 8],
  ['O', 8],
  ['x', 16],
  ['X', 16],
])
const PREFIX: ReadonlyMap<string, string> = new Map([
  ['b', '0b'],
  ['o', '0'],
  ['x', '0x'],
  ['X', '0X'],
])

function formatInt(value: bigint, directive: Directive): string | undefined {
  const { verb, flags, width, precision } = directive
  const radix = RADIX.get(verb)
  if (radix === undefined) return formatChar(value, directive)
  const size = value < 0n ? -value : value
  let digits = precision === 0 && value === 0n ? '' : size.toString(radix)
  if (verb === 'X') digits = digits.toUpperCase()
  if (precision === 0 && value === 0n) return pad('', { ...directive, flags: without(flags, '0') })
  const sign = value < 0n ? '-' : flags.has('+') ? '+' : flags.has(' ') ? ' ' : ''
  const prefix = verb === 'O' ? '0o' : flags.has('#') ? (PREFIX.get(verb) ?? '') : ''
  if (precision !== undefined) digits = digits.padStart(precision, '0')
  else if (flags.has('0') && !flags.has('-') && width !== undefined) digits = digits.padStart(width - sign.length, '0')
  if (verb === 'o' && digits.startsWith('0')) return pad(sign + digits, { ...directive, flags: without(flags, '0') })
  return pad(sign + prefix + digits, { ...directive, flags: without(flags, '0') })
}

function formatChar(value: bigint, directive: Directive): string | undefined {
  const valid = value >= 0n && value <= 0x10ffffn && !(value >= 0xd800n && value < 0xe000n)
  const char = String.fromCodePoint(valid ? Number(value) : 0xfffd)
  switch (directive.verb) {
    case 'c':
      return pad(char, directive)
    case 'q':
      return pad(goQuote(char, "'", directive.flags.has('+')), directive)
    case 'U': {
      const code = `U+${value.toString(16).toUpperCase().padStart(4, '0')}`
      return pad(directive.flags.has('#') && valid ? namedChar(char) : code, directive)
    }
    default:
      return undefined
  }
}

function formatNumber(value: number, directive: Directive): string | undefined {
  const { verb, flags, precision, width } = directive
  const kind = verb === 'v' ? 'g' : floatVerb(verb)
  if (kind === undefined) return undefined
  const shortest = kind === 'g' || kind === 'G'
  const number = formatFloat(value, kind, precision ?? (shortest ? -1 : 6))
  const bare = number.replace(/^[+-]/, '')
  const sign = number.startsWith('-') ? '-' : flags.has('+') ? '+' : flags.has(' ') ? ' ' : ''
  if (!Number.isFinite(value)) {
    // Not padded with zeros; an infinity shows its sign only when it is asked for or negative.
    return pad(sign + bare, { ...directive, flags: without(flags, '0') })
  }
  const shown = flags.has('#') ? withPoint(bare, shortest, precision) : bare
  const zeros = flags.has('0') && !flags.has('-') && width !== undefined
  return pad(sign + (zeros ? shown.padStart(width - sign.length, '0') : shown), {
    ...directive,
    flags: without(flags, '0'),
  })
}

function floatVerb(verb: string): FloatVerb | undefined {
  switch (verb) {
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return verb
    default:
      return undefined
  }
}

/** `#`: always with a point, and %g keeps its zeros. */
function withPoint(text: string, general: boolean, precision: number | undefined): string {
  const [, mantissa = '', tail = ''] = /^([\d.]+)(.*)$/.exec(text) ?? []
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.`
  if (!general) return pointed + tail
  const digits = pointed.replace(/^0?\.?0*/, '').replace('.', '').length
  return pointed + '0'.repeat(Math.max((precision ?? 6) - digits, 0)) + tail
}

function without(flags: ReadonlySet<string>, flag: string): ReadonlySet<string> {
  return new Set([...flags].filter((own) => own !== flag))
}

/** Widths count characters. */
function pad(text: string, { width = 0, flags }: Directive): string {
  const missing = width - Array.from(text).length
  if (missing <= 0) return text
  if (flags.has('-')) return text + ' '.repeat(missing)
  return (flags.has('0') ? '0' : ' ').repeat(missing) + text
}
