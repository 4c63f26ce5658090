export { type Stroke, strokeOf } from 'boxman/charts'

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
