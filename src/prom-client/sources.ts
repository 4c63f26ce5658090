import type { Told } from './gathering.ts'
import { Registry } from './registry.ts'
import { trusted } from './trusted.ts'
import type { OpenMetricsContentType } from './types.ts'

/** A registry of either content type. */
export type Source = Registry | Registry<OpenMetricsContentType>

/** @throws TypeError for what is no registry. */
export function sourcesOf(registries: readonly Source[] | Source): readonly Source[] {
  const list = [registries].flat()
  for (const registry of list) {
    if (!(registry instanceof Registry)) throw new TypeError(`Expected Registry, got ${typeof registry}`)
  }
  return list
}

export async function tellAll(sources: readonly Source[]): Promise<Told> {
  return trusted<Told>(await Promise.all(sources.map(async (registry) => registry.getMetricsAsJSON())))
}
