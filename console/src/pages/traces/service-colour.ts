import type { Trace } from './trace.ts'

/** A colour of the stylesheet for each service of a trace, in the order in which they come. */
export function serviceColours({ services }: Pick<Trace, 'services'>): ReadonlyMap<string, string> {
  return new Map([...services.keys()].map((service, i) => [service, `var(--series-${(i % 8) + 1})`]))
}
