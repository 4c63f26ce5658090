import { describe, expect, it } from 'vitest'
import { type DelayMonitor, EventLoop, type GcKind, observeGarbage, readActiveResources, readHeap } from '../index.ts'

/** Delays as node has them: from one look to the next, in nanoseconds. */
class Recorded implements DelayMonitor {
  delays: number[] = []
  enabled = false
  resets = 0
  get count(): number {
    return this.delays.length
  }
  get mean(): number {
    return this.delays.reduce((sum, ns) => sum + ns, 0) / this.count
  }
  get max(): number {
    return Math.max(...this.delays)
  }
  percentile(percent: number): number {
    const sorted = this.delays.toSorted((a, b) => a - b)
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
  }
  enable(): boolean {
    this.enabled = true
    return true
  }
  disable(): boolean {
    this.enabled = false
    return true
  }
  reset(): void {
    this.delays = []
    this.resets++
  }
  take(lagMs: number, times: number): void {
    for (let i = 0; i < times; i++) this.delays.push((20 + lagMs) * 1e6)
  }
}

describe('the event loop (B3)', () => {
  it('is as late as node says, less the time between two looks', () => {
    const recorded = new Recorded()
    const loop = new EventLoop({ monitor: () => recorded })
    expect(loop.read()).toMatchObject({ active: false, averageLagMs: undefined, p95LagMs: undefined })
    loop.step()
    recorded.take(0, 90)
    recorded.take(30, 10)
    loop.step()
    const { averageLagMs, ...rest } = loop.read()
    expect(averageLagMs).toBeCloseTo(3, 6)
    expect(rest).toMatchObject({ active: true, p50LagMs: 0, p95LagMs: 30, p99LagMs: 30, maxLagMs: 30 })
    expect(rest.utilization).toBeGreaterThanOrEqual(0)
    expect(rest.utilization).toBeLessThanOrEqual(1)
  })

  it('has a window of steps that reading does not reset', () => {
    const recorded = new Recorded()
    const loop = new EventLoop({ monitor: () => recorded, steps: 3 })
    loop.step()
    const maxima = [500, 10, 20, 30, 40].map((lag) => {
      recorded.take(lag, 50)
      loop.step()
      expect(loop.read()).toEqual(loop.read())
      return loop.read().maxLagMs
    })
    expect(maxima).toEqual([500, 500, 500, 30, 40])
    expect(recorded.resets).toBe(5)
  })

  it('weighs a slice by what was in it, and is not upset by one that is empty', () => {
    const recorded = new Recorded()
    const loop = new EventLoop({ monitor: () => recorded })
    loop.step()
    recorded.take(1, 900)
    loop.step()
    loop.step()
    recorded.take(100, 100)
    loop.step()
    expect(loop.read()).toMatchObject({ p50LagMs: 1, p95LagMs: 100, averageLagMs: 1 * 0.9 + 100 * 0.1 })
  })

  it('is measured again after a failure', () => {
    const monitors: Recorded[] = []
    let broken = true
    const loop = new EventLoop({
      monitor: () => {
        if (broken) throw new Error('no handle')
        const monitor = new Recorded()
        monitors.push(monitor)
        return monitor
      },
    })
    expect(() => loop.step()).toThrow('no handle')
    expect([loop.read().active, loop.stats.failures]).toEqual([false, 1])
    broken = false
    loop.step()
    expect(loop.read().active).toBe(true)
    monitors[0]?.take(5, 10)
    loop.step()
    expect(loop.read().maxLagMs).toBe(5)
    loop.stop()
    expect([loop.read().active, monitors[0]?.enabled]).toEqual([false, false])
  })

  it('really blocked is late by about as long, and was busy', async () => {
    const loop = new EventLoop()
    loop.step()
    await new Promise((resolve) => setTimeout(resolve, 60))
    const until = performance.now() + 120
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 60))
    loop.step()
    const { maxLagMs, p50LagMs, utilization } = loop.read()
    loop.stop()
    expect(maxLagMs).toBeGreaterThan(80)
    expect(p50LagMs).toBeLessThan(maxLagMs ?? 0)
    expect(utilization).toBeGreaterThan(0)
  })

  it.each([{ resolutionMs: 0 }, { resolutionMs: 1.5 }, { steps: Number.NaN }])('takes no %j', (options) => {
    expect(() => new EventLoop(options)).toThrow(RangeError)
  })
})

it('garbage collections are told by their kind, until the undo', async () => {
  const seen: [GcKind, number][] = []
  const undo = observeGarbage((kind, ms) => seen.push([kind, ms]))
  let kept: unknown[] = []
  await expect
    .poll(() => {
      kept = Array.from({ length: 200_000 }, (_, i) => ({ i }))
      return seen.some(([kind]) => kind === 'minor')
    })
    .toBe(true)
  undo()
  const until = seen.length
  expect(seen.every(([, ms]) => ms >= 0)).toBe(true)
  for (let i = 0; i < 5; i++) kept = Array.from({ length: 200_000 }, () => ({ i }))
  await new Promise((resolve) => setImmediate(resolve))
  expect([kept.length, seen.length]).toEqual([200_000, until])
})

it('the heap is the sum of its spaces, below its limit', () => {
  const { usedBytes, totalBytes, limitBytes, spaces } = readHeap()
  expect(spaces.map(({ name }) => name)).toEqual(expect.arrayContaining(['new', 'old', 'code', 'large_object']))
  const used = spaces.reduce((sum, space) => sum + space.usedBytes, 0)
  expect(Math.abs(used - usedBytes) / usedBytes).toBeLessThan(0.1)
  expect(totalBytes).toBeGreaterThanOrEqual(usedBytes)
  expect(limitBytes).toBeGreaterThan(totalBytes)
})

it('what keeps the loop alive is counted by kind', () => {
  const before = readActiveResources().get('Timeout') ?? 0
  const timers = [setTimeout(() => {}, 60_000), setTimeout(() => {}, 60_000)]
  expect(readActiveResources().get('Timeout')).toBe(before + 2)
  timers.forEach(clearTimeout)
})
