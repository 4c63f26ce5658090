import { describe, expect, it } from 'vitest'
import { Registry } from '../index.ts'
import { OPENMETRICS, textOf } from '../page.test.support.ts'

const states = ['idle', 'busy', 'gone'] as const

describe('a state set', () => {
  it('shows which of its states are on', async () => {
    const registry = new Registry()
    const phase = registry.stateSet({ name: 'phase', help: 'P', states })
    phase.set('idle', true)
    phase.set('gone', true)
    phase.set('idle', false)
    expect(await textOf(registry)).toBe(
      '# HELP phase P\n# TYPE phase gauge\nphase{phase="idle"} 0\nphase{phase="busy"} 0\nphase{phase="gone"} 1\n',
    )
    phase.switchTo('busy')
    expect(await textOf(registry, OPENMETRICS)).toBe(
      '# HELP phase P\n# TYPE phase stateset\nphase{phase="idle"} 0\nphase{phase="busy"} 1\nphase{phase="gone"} 0\n# EOF\n',
    )
  })

  it('has a series a label set, with one sample a state', async () => {
    const registry = new Registry()
    const phase = registry.stateSet({ name: 'phase', help: '', labelNames: ['table'], states })
    phase.labels('T1').switchTo('gone')
    phase.set({ table: 'T2' }, 'idle', true)
    phase.switchTo({ table: 'T2' }, 'busy')
    expect(phase.remove({ table: 'T1' })).toBe(1)
    const [family] = await registry.collect()
    expect(family?.series).toEqual([
      { labels: { table: 'T2', phase: 'idle' }, value: 0 },
      { labels: { table: 'T2', phase: 'busy' }, value: 1 },
      { labels: { table: 'T2', phase: 'gone' }, value: 0 },
    ])
  })

  it('that switches is not idle', async () => {
    const registry = new Registry()
    const phase = registry.stateSet({ name: 'p', help: '', labelNames: ['t'], states, expireAfterMs: 10 })
    phase.switchTo({ t: 1 }, 'idle')
    phase.switchTo({ t: 2 }, 'idle')
    registry.expire(0)
    phase.switchTo({ t: 2 }, 'busy')
    expect(registry.expire(10)).toBe(1)
    expect(await textOf(registry)).not.toContain('t="1"')
  })

  it('refuses states that it does not have, before it makes a series', async () => {
    const registry = new Registry()
    const phase = registry.stateSet({ name: 'phase', help: '', labelNames: ['table'], states })
    // @ts-expect-error no such state
    expect(() => phase.switchTo({ table: 'T1' }, 'lost')).toThrow('phase: state "lost" is none of [idle, busy, gone]')
    // @ts-expect-error no such state
    expect(() => phase.set({ table: 'T1' }, 'lost', true)).toThrow(RangeError)
    expect(await textOf(registry)).toBe('')
  })

  it.each([
    [{ states: [] }, 'states [] must be different ones and at least one'],
    [{ states: ['a', 'a'] }, 'states [a, a] must be'],
    [{ states, labelNames: ['p'] }, 'label name "p" is already taken'],
    [{ states, name: 'pod' }, 'label name "pod" is already taken'],
  ])('refuses %j', (options, why) => {
    const registry = new Registry({ constantLabels: { pod: 'a' } })
    expect(() => registry.stateSet({ name: 'p', help: '', labelNames: ['k'], ...options })).toThrow(why)
  })
})
