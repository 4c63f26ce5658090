import { OffRegistry } from 'boxman/metrics'
import type { TimedCase } from '../case.ts'
import { requests } from './traffic.ts'

interface Counts {
  inc: (labels: Record<(typeof requests.labelNames)[number], string | number>) => void
}

/** An object of its own for each call, as a program has it. */
function calls(counter: Counts): (times: number) => void {
  return (times) => {
    for (let i = 0; i < times; i++) counter.inc({ method: 'GET', route: '/tables/:id', status: i })
  }
}

class Empty {
  inc(_labels: object): void {}
}

export const cases: readonly TimedCase[] = [
  {
    name: 'inc({3 labels}) while metrics are off, un-inlined',
    peerName: 'an empty method',
    unit: 'ns CPU',
    flags: ['--no-turbo-inlining'],
    ours: () => calls(new OffRegistry().counter(requests)),
    peer: () => calls(new Empty()),
  },
]
