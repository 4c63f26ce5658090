import { spawnSync } from 'node:child_process'
import { Subject } from './subject.ts'
import { type Framework, type Variant, VARIANTS } from './variant.ts'

const WARM_UP_S = 2
const RUN_S = 4

/**
 * Requests a second of each variant, one after the other, as often as is said, each time in a new process. Both the
 * server and wrk have a processor of their own, so it takes two. Empty where wrk is not installed.
 */
export async function saturated(
  framework: Framework,
  rounds: number,
): Promise<ReadonlyMap<Variant, readonly number[]>> {
  const rates = new Map<Variant, number[]>()
  if (spawnSync('wrk', ['-v']).error !== undefined) return rates
  for (let round = 0; round < rounds; round++) {
    for (const variant of VARIANTS) {
      const subject = await Subject.start(framework, variant)
      try {
        await subject.saturate(WARM_UP_S)
        const rate = await subject.saturate(RUN_S)
        rates.set(variant, [...(rates.get(variant) ?? []), rate])
      } finally {
        subject.stop()
      }
    }
  }
  return rates
}
