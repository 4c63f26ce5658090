/** What a scan found: where it stopped, and whether the text before is a number or a duration, or neither. */
export interface NumberScan {
  readonly end: number
  readonly kind: 'number' | 'duration' | 'bad'
}

/** What may not follow a part of a number; some parts may not end the text either. */
const NOT_AFTER_DOT = '_.'
const NOT_AFTER_UNDERSCORE_OR_EXPONENT = '._eE'

/**
 * Scans a number or a duration. The scanned number need not be sound: `0x` and `1e5.5` come through, and are refused when
 * they are read.
 */
export function scanNumber(text: string, start: number): NumberScan {
  const hexPrefix = /0[xX]_?/y
  hexPrefix.lastIndex = start
  const prefix = hexPrefix.exec(text)?.[0] ?? ''
  const hex = prefix !== ''
  const isDigit = hex ? isHexDigit : isDecimalDigit
  let at = start + prefix.length
  let dots = 0
  let exponents = 0
  if (text[at] === '.') at++
  if (isDigit(text[at])) at++
  for (;;) {
    const char = text[at]
    let sound = true
    if (char === '.') {
      at++
      sound = !hex && dots++ === 0
      if (sound && isOneOf(text[at], NOT_AFTER_DOT)) {
        at++
        sound = false
      }
    } else if (isOneOf(char, '_eE')) {
      at++
      sound = char === '_' || exponents++ === 0
      if (sound && char !== '_' && isOneOf(text[at], '+-')) at++
      if (sound && at >= text.length) sound = false
      else if (sound && isOneOf(text[at], NOT_AFTER_UNDERSCORE_OR_EXPONENT)) {
        at++
        sound = false
      }
    } else if (!isDigit(char)) return isWordChar(char) ? scanDuration(text, at) : { end: at, kind: 'number' }
    if (!sound) return scanDuration(text, at)
    // An e right after the first digit of a hexadecimal number is taken for an exponent, as in Prometheus.
    while (isDigit(text[at])) at++
  }
}

/** Goes on after digits: units may follow that are no units of durations; they are refused when they are read. */
function scanDuration(text: string, from: number): NumberScan {
  let at = from
  if (!accept('smhdwy')) return { end: at, kind: 'bad' }
  accept('s')
  while (isDecimalDigit(text[at])) {
    while (isDecimalDigit(text[at])) at++
    if (!accept('smhdw')) return { end: at, kind: 'bad' }
    accept('s')
  }
  return isWordChar(text[at]) ? { end: at + 1, kind: 'bad' } : { end: at, kind: 'duration' }

  function accept(chars: string): boolean {
    if (!isOneOf(text[at], chars)) return false
    at++
    return true
  }
}

function isOneOf(char: string | undefined, chars: string): boolean {
  return char !== undefined && chars.includes(char)
}

export function isDecimalDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9'
}

function isHexDigit(char: string | undefined): boolean {
  return char !== undefined && /[0-9a-fA-F]/.test(char)
}

export function isWordStart(char: string | undefined): boolean {
  return char !== undefined && /[A-Za-z_]/.test(char)
}

export function isWordChar(char: string | undefined): boolean {
  return isWordStart(char) || isDecimalDigit(char)
}
