import { median } from '../case.ts'
import { Subject } from './subject.ts'
import { type Framework, type Variant, VARIANTS } from './variant.ts'

const BURST = 400
const CYCLES = 40
/** Until the code is compiled, of each server. */
const WARM_UP = 8000

export interface Burst {
  /** µs of CPU a request: the tenth percentile of the bursts, median of all restarts. */
  readonly cpuUs: number
  /** Answers in the same time, against the bare server's burst of the same cycle. */
  readonly throughput: number
}

/**
 * All variants of a framework side by side, each in a process of its own. Short bursts go to one after the other, in
 * an order that changes, so that the machine's moods meet all of them; and all of it again with new processes, since
 * how code happens to be compiled differs more between processes than between bursts.
 */
export async function inBursts(
  framework: Framework,
  restarts: number,
  variants: readonly Variant[] = VARIANTS,
): Promise<ReadonlyMap<Variant, Burst>> {
  const runs: ReadonlyMap<Variant, Burst>[] = []
  for (let i = 0; i < restarts; i++) runs.push(await once(framework, variants))
  return new Map(
    variants.map((variant) => {
      const bursts = runs.map((run) => run.get(variant)).filter((burst) => burst !== undefined)
      return [
        variant,
        {
          cpuUs: median(bursts.map(({ cpuUs }) => cpuUs)),
          throughput: median(bursts.map(({ throughput }) => throughput)),
        },
      ]
    }),
  )
}

async function once(framework: Framework, variants: readonly Variant[]): Promise<ReadonlyMap<Variant, Burst>> {
  const subjects: Subject[] = []
  try {
    for (const variant of shuffled(variants)) subjects.push(await Subject.start(framework, variant))
    for (const subject of subjects) await subject.burst(WARM_UP)
    const cpu = new Map(variants.map((variant) => [variant, [] as number[]]))
    const ratios = new Map(variants.map((variant) => [variant, [] as number[]]))
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      const times = new Map<Variant, number>()
      for (const subject of shuffled(subjects)) {
        const { cpuUs, ms } = await subject.burst(BURST)
        cpu.get(subject.variant)?.push(cpuUs)
        times.set(subject.variant, ms)
      }
      const bare = times.get('bare') ?? NaN
      for (const [variant, ms] of times) ratios.get(variant)?.push(bare / ms)
    }
    return new Map(
      variants.map((variant) => [
        variant,
        { cpuUs: tenth(cpu.get(variant) ?? []), throughput: median(ratios.get(variant) ?? []) },
      ]),
    )
  } finally {
    for (const subject of subjects) subject.stop()
  }
}

function tenth(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] ?? NaN
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((one) => ({ one, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}
