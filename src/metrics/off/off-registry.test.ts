import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { expose, OffRegistry, Registry } from '../index.ts'
import { textOf } from '../page.test.support.ts'

/** Uses every call that there is. */
async function work(registry: Registry): Promise<void> {
  const collect = (): never => {
    throw new Error('called')
  }
  registry.counter({ name: 'a_total', help: '' }).inc(2, 'trace')
  const rolls = registry.counter({ name: 'b_total', help: '', labelNames: ['table'] })
  rolls.inc({ table: 1 })
  rolls.labels(1).inc()
  rolls.labels({ table: 2 }).inc(3)
  const open = registry.gauge({ name: 'open', help: '', collect })
  open.set(3)
  open.inc()
  open.dec(2)
  open.setToCurrentTime()
  registry.gauge({ name: 'seats', help: '', labelNames: ['table'] }).set({ table: 1 }, 4)
  const wait = registry.histogram({ name: 'wait_ms', help: '', buckets: [1, 2], native: {} })
  wait.observe(1)
  expect(typeof wait.startTimer()()).toBe('number')
  const fan = registry.histogram({ name: 'fan_ms', help: '', labelNames: ['topic'] })
  fan.observe({ topic: 't' }, 1)
  fan.startTimer()({ topic: 'u' })
  registry
    .summary({ name: 's', help: '', labelNames: ['k'] })
    .labels('a')
    .observe(1)
  registry.info({ name: 'build_info', help: '', labels: { version: 1 } }).add({ version: 2 })
  const phase = registry.stateSet({ name: 'phase', help: '', states: ['on', 'off'] })
  phase.set('on', true)
  phase.switchTo('off')
  rolls.reset()
  registry.expire(0)
  registry.reset()
  await registry.refresh()
  expect(registry.overflow()).toEqual([])
  registry.include(new OffRegistry())()
}

describe('a registry that is off', () => {
  it('takes the place of one that is on, and says nothing', async () => {
    const off: Registry = new OffRegistry()
    await work(off)
    expect(await textOf(off)).toBe('')
    expect(await off.collect()).toEqual([])
    expect(Object.values(off.stats)).toEqual([0, 0, 0, 0])
    expect(expose(off).contentType).toContain('text/plain')
    const on = new Registry({ now: () => 0, monotonicNow: () => 0 })
    await work(on)
    expect(on.stats.collectFailures).toBe(1)
    expect((await on.collect()).length).toBe(9)
  })

  it('has every member that the other has', () => {
    const members = Object.getOwnPropertyNames(Object.getPrototypeOf(new Registry()))
    expect(Object.getOwnPropertyNames(Object.getPrototypeOf(new OffRegistry())).toSorted()).toEqual(members.toSorted())
  })

  it('brings no code of the other along', () => {
    const source = readFileSync(new URL('off-registry.ts', import.meta.url), 'utf8')
    const imports = source.match(/^import .*/gm) ?? []
    expect(imports.length).toBeGreaterThan(0)
    expect(imports.filter((line) => !line.startsWith('import type '))).toEqual([])
  })
})
