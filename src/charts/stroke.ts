/** Told apart by those who see few colours too; the dashes tell the rest. Named in the stylesheet, for both themes. */
const COLOURS = 8
const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3]]

export interface Stroke {
  /** The name of a colour in the stylesheet. */
  readonly variable: string
  readonly dash: readonly number[]
}

/** The look of the nth line of a chart. */
export function strokeOf(index: number): Stroke {
  return {
    variable: `--series-${(index % COLOURS) + 1}`,
    dash: DASHES[Math.floor(index / COLOURS) % DASHES.length] ?? [],
  }
}
