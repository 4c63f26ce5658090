export type PatternFault =
  | 'invalid character class range'
  | 'invalid escape sequence'
  | 'invalid named capture'
  | 'invalid or unsupported Perl syntax'
  | 'invalid nested repetition operator'
  | 'invalid repeat count'
  | 'invalid UTF-8'
  | 'missing closing ]'
  | 'missing closing )'
  | 'missing argument to repetition operator'
  | 'trailing backslash at end of expression'
  | 'unexpected )'
  | 'expression nests too deeply'
  | 'expression too large'

/** A pattern that cannot be read; the message is the one that Go's regexp gives. */
export class PatternError extends RangeError {
  readonly fault: PatternFault
  /** The part of the pattern that is at fault. */
  readonly part: string

  constructor(fault: PatternFault, part: string) {
    super(`error parsing regexp: ${fault}: \`${part}\``)
    this.name = 'PatternError'
    this.fault = fault
    this.part = part
  }
}
