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

const known = new Map<string, string>()
let probe: HTMLElement | undefined

/** A colour of the stylesheet, as it is now: what a canvas can take. */
export function colourOf(variable: string): string {
  const found = known.get(variable)
  if (found !== undefined) return found
  probe ??= document.body.appendChild(Object.assign(document.createElement('span'), { hidden: true }))
  probe.style.color = `var(${variable})`
  const colour = getComputedStyle(probe).color
  known.set(variable, colour)
  return colour
}

/** Dark or light has changed. */
export function forgetColours(): void {
  known.clear()
}

/** The same colour, let through by so much. @param colour as `colourOf` gives it */
export function faded(colour: string, alpha: number): string {
  return colour.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)
}
