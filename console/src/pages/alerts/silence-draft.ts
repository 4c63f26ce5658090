import type { Labels } from '../../data/series.ts'
import type { SilenceMatcher } from './api.ts'

/** As the address has it: name, whether equal, whether a pattern, value. */
type Written = readonly [name: string, isEqual: 0 | 1, isRegex: 0 | 1, value: string]

export const NO_MATCHER: SilenceMatcher = { name: '', value: '', isEqual: true, isRegex: false }

/** The address of the form, filled with the labels of an alert. */
export function silenceParams(labels: Labels): Readonly<Record<string, string | undefined>> {
  const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isEqual: true, isRegex: false }))
  return { tab: 'silences', form: 'silence', m: writeMatchers(matchers), alert: undefined }
}

export function writeMatchers(matchers: readonly SilenceMatcher[]): string {
  return JSON.stringify(
    matchers.map(({ name, value, isEqual, isRegex }): Written => [name, isEqual ? 1 : 0, isRegex ? 1 : 0, value]),
  )
}

/** What cannot be read is one empty row. */
export function readMatchers(text: string): readonly SilenceMatcher[] {
  try {
    const read: unknown = JSON.parse(text)
    if (!Array.isArray(read)) return [NO_MATCHER]
    const rows = read.flatMap((row: unknown) => {
      if (!Array.isArray(row)) return []
      const [name, isEqual, isRegex, value]: unknown[] = row
      if (typeof name !== 'string' || typeof value !== 'string') return []
      return [{ name, value, isEqual: isEqual !== 0, isRegex: isRegex === 1 }]
    })
    return rows.length === 0 ? [NO_MATCHER] : rows
  } catch {
    return [NO_MATCHER]
  }
}

export function matcherText({ name, value, isEqual, isRegex }: SilenceMatcher): string {
  return `${name}${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}${JSON.stringify(value)}`
}
