import * as cockatiel from 'cockatiel'
import * as cockatiel3 from 'cockatiel-3'
import { createRequire } from 'node:module'
import Opossum from 'opossum'
import { afterEach, describe, expect, it } from 'vitest'
import { Breakers, type BreakerState, type FindLibrary } from '../index.ts'

const require = createRequire(import.meta.url)
const undos: (() => void)[] = []
afterEach(() => {
  for (const undo of undos.splice(0).toReversed()) undo()
})

const installed: FindLibrary = (name) => ({ version: '1.0.0', load: () => require(name) })

function finding(find: FindLibrary = installed) {
  const faults: unknown[] = []
  const warnings: string[] = []
  let at = 0
  const options = { now: () => ++at, onFault: (error: unknown) => faults.push(error) }
  const breakers = new Breakers({ ...options, warn: (message) => warnings.push(message) })
  undos.push(breakers.find(find))
  const states = (): Record<string, string> =>
    Object.fromEntries(breakers.read().map(({ name, state, opened }) => [name, `${state} ${opened}`]))
  return { breakers, faults, warnings, states }
}

const fails = (): Promise<never> => Promise.reject(new Error('no route'))

describe('opossum', () => {
  function breaker(name: string): Opossum {
    const made = new Opossum(fails, { name, resetTimeout: 1, rollingCountTimeout: 1000 })
    undos.push(() => made.shutdown())
    return made
  }

  it('breakers are found as they are made, and followed', async () => {
    const { breakers, states, faults } = finding()
    const billing = breaker('billing')
    expect(states()).toEqual({ billing: 'closed 0' })
    await expect(billing.fire()).rejects.toThrow('no route')
    expect(states()).toEqual({ billing: 'open 1' })
    await expect.poll(states).toEqual({ billing: 'half-open 1' })
    await expect(billing.fire()).rejects.toThrow('no route')
    expect(states()['billing']).toMatch(/ 2$/)
    billing.close()
    expect(breakers.read()).toMatchObject([{ library: 'opossum', state: 'closed', breakers: 1, opened: 2 }])
    expect(billing.stats.fires).toBe(2)
    billing.shutdown()
    expect([states(), faults]).toEqual([{}, []])
  })

  it('one made before is found as it is used; an undo finds no more', async () => {
    const early = breaker('early')
    const { states } = finding()
    expect(states()).toEqual({})
    await expect(early.fire()).rejects.toThrow('no route')
    expect(Object.keys(states())).toEqual(['early'])
    undos.pop()?.()
    breaker('late')
    expect(Object.keys(states())).toEqual(['early'])
    expect(Object.hasOwn(Opossum.prototype, 'on')).toBe(false)
  })

  it('those of one name are told as one, in their worst state', () => {
    const { breakers } = finding()
    const [a, b] = [breaker('mail'), breaker('mail')]
    b.open()
    expect(breakers.read()).toMatchObject([{ name: 'mail', state: 'open', breakers: 2, opened: 1 }])
    b.shutdown()
    a.open()
    expect(breakers.read()).toMatchObject([{ name: 'mail', state: 'open', breakers: 1, opened: 2 }])
  })
})

describe.each([
  ['4', cockatiel, 'cockatiel'],
  ['3', cockatiel3 as unknown as typeof cockatiel, 'cockatiel-3'],
] as const)('cockatiel %s', (_, library, name) => {
  const make = () =>
    library.circuitBreaker(library.handleAll, { halfOpenAfter: 1, breaker: new library.ConsecutiveBreaker(1) })
  const find: FindLibrary = (asked) =>
    asked === 'cockatiel' ? { version: '1.0.0', load: () => require(name) } : undefined

  it('breakers are found as they are used, wrapped ones too, and followed', async () => {
    const { states, faults } = finding(find)
    const [alone, inner] = [make(), make()]
    const wrapped = library.wrap(library.retry(library.handleAll, { maxAttempts: 0 }), inner)
    await expect(alone.execute(fails)).rejects.toThrow('no route')
    expect(await wrapped.execute(() => 'well')).toBe('well')
    expect(states()).toEqual({ 'cockatiel-1': 'open 1', 'cockatiel-2': 'closed 0' })
    await expect.poll(() => alone.execute(() => 'well').catch(() => 'open')).toBe('well')
    const held = inner.isolate()
    expect(states()).toEqual({ 'cockatiel-1': 'closed 1', 'cockatiel-2': 'isolated 1' })
    held.dispose()
    expect([states()['cockatiel-2'], faults]).toEqual(['closed 1', []])
  })

  it('one gets a name by hand', async () => {
    const { breakers, states } = finding(find)
    const policy = make()
    await policy.execute(() => 'well')
    expect(states()).toEqual({ 'cockatiel-1': 'closed 0' })
    const undo = breakers.add(policy, { name: 'search' })
    await expect(policy.execute(fails)).rejects.toThrow('no route')
    expect(states()).toEqual({ search: 'open 1' })
    undo()
    expect(states()).toEqual({})
  })
})

describe('breakers by hand', () => {
  it('are a function that says their state', () => {
    const { breakers, states } = finding(() => undefined)
    let state: BreakerState = 'closed'
    breakers.add(() => state, { name: 'own' })
    expect(states()).toEqual({ own: 'closed 0' })
    state = 'open'
    expect(states()).toEqual({ own: 'open 1' })
    expect(breakers.read()).toMatchObject([{ library: 'own', changedAt: 1 }])
  })

  it('that fail are faults, and the others are read', () => {
    const { breakers, states, faults } = finding(() => undefined)
    let said: unknown = 'closed'
    breakers.add(() => said as BreakerState, { name: 'odd' })
    breakers.add(() => 'half-open', { name: 'good' })
    said = 'ajar'
    expect(states()).toEqual({ good: 'half-open 0' })
    expect(String(faults[0])).toContain('the state ajar is none of closed, half-open, open, isolated')
  })

  it('are refused when they are none', () => {
    const { breakers } = finding(() => undefined)
    expect(() => breakers.add({}, { name: 'x' })).toThrow('it is none of opossum and cockatiel')
  })

  it('are at most two hundred names; what is beyond is counted', () => {
    const { breakers } = finding(() => undefined)
    for (let i = 0; i < 205; i++) breakers.add(() => 'closed', { name: `b${i}` })
    expect([breakers.read().length, breakers.stats.dropped]).toEqual([200, 5])
  })
})

it.each<[string, FindLibrary, RegExp[]]>([
  ['not installed', () => undefined, []],
  ['of another shape', () => ({ version: '99.0.0', load: () => ({}) }), [/opossum .*99\.0\.0/, /cockatiel .*99\.0\.0/]],
  [
    'broken',
    () => ({
      version: '1',
      load: () => {
        throw new Error('syntax')
      },
    }),
    [/opossum .*syntax/, /cockatiel .*syntax/],
  ],
])('B12: libraries that are %s only turn their part off', (_, find, messages) => {
  const { warnings, breakers } = finding(find)
  expect(warnings).toHaveLength(messages.length)
  for (const [i, message] of messages.entries()) expect(warnings[i]).toMatch(message)
  expect(breakers.read()).toEqual([])
})
