import { describe, expect, it } from 'vitest'
import { cadenceOf } from './cadence.ts'
import { Loop, type Step } from './loop.ts'

interface Told {
  readonly failures: string[]
  readonly warnings: string[]
}

function loopOf(steps: readonly Step[]): { loop: Loop } & Told {
  const told: Told = { failures: [], warnings: [] }
  const loop = new Loop({
    steps,
    intervalMs: 3_600_000,
    stepTimeoutMs: 5,
    now: () => 0,
    onFailure: (step, reason) => told.failures.push(`${step} ${reason}`),
    warn: (step, reason, detail) => told.warnings.push(`${step} ${reason}: ${detail}`),
  })
  return { loop, ...told }
}

/** A step that hangs until it is let go. */
function hanging(): { step: Step; started: () => number; letGo: (outcome?: Error) => Promise<void> } {
  let started = 0
  let settle: (error?: Error) => void = () => {}
  const run = (): Promise<void> => {
    started++
    return new Promise((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error))
    })
  }
  const letGo = async (error?: Error): Promise<void> => {
    settle(error)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { step: { name: 'hangs', run }, started: () => started, letGo }
}

describe('the loop (S8)', () => {
  it('gives every step the time, in order', async () => {
    const seen: string[] = []
    const step = (name: string): Step => ({ name, run: async (at) => void seen.push(`${name} ${at}`) })
    const { loop, failures } = loopOf([step('a'), step('b')])
    await loop.step(5000)
    await loop.step(10_000)
    expect(seen).toEqual(['a 5000', 'b 5000', 'a 10000', 'b 10000'])
    expect(failures).toEqual([])
    expect(loop.stats).toEqual({ rounds: 2, skipped: 0 })
  })

  it('O17: gives a step its turn every so many rounds, and makes up for a round that was skipped', async () => {
    const seen: number[] = []
    const { step, letGo } = hanging()
    const { loop } = loopOf([
      { ...step, timeoutMs: 60_000, rounds: 3 },
      { name: 'third', rounds: 3, run: (at) => void seen.push(at) },
    ])
    const first = loop.step(0)
    for (const at of [1, 2, 3]) await loop.step(at)
    await letGo()
    await first
    const second = loop.step(4)
    await letGo()
    await second
    for (const at of [5, 6]) {
      const round = loop.step(at)
      await letGo()
      await round
    }
    expect([seen, loop.stats]).toEqual([[0, 4, 6], { rounds: 4, skipped: 3 }])
  })

  it.each<[string, Step['run']]>([
    [
      'throws',
      () => {
        throw new Error('no /proc')
      },
    ],
    ['rejects', async () => Promise.reject(new Error('no /proc'))],
  ])('goes on when a step %s; warns once a minute', async (_, run) => {
    let after = 0
    const { loop, failures, warnings } = loopOf([
      { name: 'bad', run },
      { name: 'good', run: () => void after++ },
    ])
    for (const at of [0, 5000, 59_999, 60_000, 65_000]) await loop.step(at)
    expect(failures).toEqual(Array.from({ length: 5 }, () => 'bad threw'))
    expect(warnings).toEqual(['bad threw: no /proc', 'bad threw: no /proc'])
    expect(after).toBe(5)
  })

  it.each([
    ['resolves', undefined],
    ['rejects', new Error('too late to matter')],
  ])('goes on when a step hangs, does not start it again, and does when it %s', async (_, outcome) => {
    let after = 0
    const { step, started, letGo } = hanging()
    const { loop, failures, warnings } = loopOf([step, { name: 'good', run: () => void after++ }])
    await loop.step(0)
    await loop.step(5000)
    expect([started(), after, failures]).toEqual([1, 2, ['hangs late', 'hangs hanging']])
    expect(warnings).toEqual(['hangs late: not done after 5 ms'])
    await letGo(outcome)
    const round = loop.step(10_000)
    await letGo()
    await round
    expect([started(), after, failures.length]).toEqual([2, 3, 2])
  })

  it('skips and counts a tick that comes during a round; stop waits for the round', async () => {
    const { step, started } = hanging()
    const { loop } = loopOf([step])
    const round = loop.step(0)
    await loop.step(5000)
    expect([loop.stats, started()]).toEqual([{ rounds: 1, skipped: 1 }, 1])
    let over = false
    void round.then(() => (over = true))
    await loop.stop()
    expect(over).toBe(true)
  })

  it('survives those whom it tells', async () => {
    let after = 0
    const loop = new Loop({
      steps: [
        { name: 'bad', run: async () => Promise.reject(new Error('x')) },
        { name: 'good', run: () => void after++ },
      ],
      intervalMs: 3_600_000,
      now: () => 0,
      onFailure: () => {
        throw new Error('the counter is broken too')
      },
      warn: () => {},
    })
    await loop.step(0)
    expect(after).toBe(1)
  })

  it('knows what its steps took, waiting and failing included', async () => {
    let clock = 0
    const taking = (name: string, costs: number[], fails = false): Step => ({
      name,
      run: async () => {
        clock += costs.shift() ?? 0
        await Promise.resolve()
        if (fails) throw new Error('x')
      },
    })
    const loop = new Loop({
      steps: [taking('a', [250, 500]), taking('b', [1000], true), { name: 'idle', run: () => {} }],
      intervalMs: 3_600_000,
      now: () => 0,
      clock: () => clock,
      onFailure: () => {},
      warn: () => {},
    })
    await loop.step(0)
    await loop.step(1)
    expect(Object.fromEntries(loop.times)).toEqual({
      a: { seconds: 0.75, longestSeconds: 0.5 },
      b: { seconds: 1, longestSeconds: 1 },
      idle: { seconds: 0, longestSeconds: 0 },
    })
  })

  it('runs a round as soon as it starts', async () => {
    let runs = 0
    const { loop } = loopOf([{ name: 'a', run: () => void runs++ }])
    loop.start()
    loop.start()
    await loop.stop()
    expect(runs).toBe(1)
  })
})

describe('one beat for several periods', () => {
  it.each([
    [{ a: 5000, b: 15_000 }, 5000, { a: 1, b: 3 }],
    [{ a: 5000, b: 1000 }, 1000, { a: 5, b: 1 }],
    [{ a: 6000, b: 4000 }, 2000, { a: 3, b: 2 }],
    [{ a: 5000, b: 7001 }, 100, { a: 50, b: 70 }],
    [{ a: 100, b: 100 }, 100, { a: 1, b: 1 }],
  ])('%o: every %i ms', (periods, intervalMs, rounds) => {
    expect(cadenceOf(periods)).toEqual({ intervalMs, rounds })
  })
})
