/** As the API gives a line. */
export interface LogLine {
  /** Of all lines of this run of the service. */
  readonly number: number
  /** ISO 8601. */
  readonly time: string
  readonly level: string
  readonly module?: string
  readonly message: string
  readonly trace?: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface LogsAnswer {
  /** The newest first. */
  readonly logs: readonly LogLine[]
  readonly kept: { readonly lines: number; readonly bytes: number; readonly dropped: number }
  readonly cursor: string
  /** Lines after the cursor that had gone before they were asked for. */
  readonly missed?: number
  /** Whether there are others after these. */
  readonly more?: boolean
}

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** The line as an object, its own fields first. */
export function lineJson({ time, level, module, message, fields }: LogLine): string {
  return JSON.stringify({ time, level, ...(module === undefined ? {} : { module }), message, ...fields })
}

/** The span that a line was written in, by whatever names. */
export function spanOfLine({ fields }: LogLine): string | undefined {
  const id = fields['span_id'] ?? fields['span.id']
  return typeof id === 'string' ? id : undefined
}

/** As the address has several: each on a line of its own. */
export function fieldsIn(text: string): readonly string[] {
  return text.split('\n').filter((each) => each.indexOf('=') > 0)
}
