import type { Registry } from 'boxman/metrics'

const SERIES = 500

/** Increments of bound children of 500 series, in a fixed scrambled order. The same code for every contender. */
export function boundIncrements(registry: Registry): (times: number) => void {
  const counter = registry.counter({ name: 'requests_total', help: 'Requests.', labelNames: ['route', 'status'] })
  const children = Array.from({ length: 4096 }, (_, i) => {
    const picked = (Math.imul(i, 2_654_435_761) >>> 8) % SERIES
    return counter.labels({ route: `/tables/:id/part-${picked >> 2}`, status: 200 + (picked & 3) })
  })
  return (times) => {
    for (let i = 0; i < times; i++) children[i & 4095]?.inc()
  }
}
