/** Something to be said of a part of a query. */
export interface Remark {
  /** Units of the text; half open. */
  readonly from: number
  readonly to: number
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
}

/** The unit of a text at which a byte of its UTF-8 stands. */
export function unitOfByte(text: string, byte: number): number {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, byte)).length
}

const PLACE = /(?:^|[ (])(\d+):(\d+)(?=[:)])/

/** The server names places as `line:column`, the column in bytes. Undefined: it named none. */
export function remarkOf(text: string, message: string, severity: Remark['severity']): Remark | undefined {
  const [, line, column] = PLACE.exec(message) ?? []
  if (line === undefined || column === undefined) return undefined
  const lines = text.split('\n')
  const before = lines.slice(0, Number(line) - 1).reduce((sum, each) => sum + each.length + 1, 0)
  const from = Math.min(text.length, before + unitOfByte(lines[Number(line) - 1] ?? '', Number(column) - 1))
  const word = /^[\w:.]+/.exec(text.slice(from))?.[0].length ?? 1
  return { from, to: Math.min(text.length, from + word), severity, message }
}
