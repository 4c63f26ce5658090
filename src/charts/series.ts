/** As the API has them: without an order of their own. */
export type Labels = Readonly<Record<string, string>>

/** The same for the same labels. */
export function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** `{{route}}` stands for the label's value; without a pattern, all labels. */
export function nameOf(labels: Labels, legend?: string): string {
  if (legend !== undefined && legend !== '') {
    return legend.replaceAll(/\{\{\s*([^}\s]+)\s*\}\}/g, (_, name: string) => labels[name] ?? '')
  }
  const { __name__: metric = '', ...rest } = labels
  const inside = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`)
  if (inside.length === 0) return metric === '' ? 'value' : metric
  return `${metric}{${inside.join(', ')}}`
}

/** One line of a chart; null where there is nothing. */
export interface Line {
  readonly key: string
  readonly name: string
  readonly labels: Labels
  readonly values: readonly (number | null)[]
}

/** Lines over the same moments, in seconds since the epoch. */
export interface Frame {
  readonly times: readonly number[]
  readonly lines: readonly Line[]
}

export const NO_FRAME: Frame = { times: [], lines: [] }
