import { describe, expect, it } from 'vitest'
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

  it('runs a round as soon as it starts', async () => {
    let runs = 0
    const { loop } = loopOf([{ name: 'a', run: () => void runs++ }])
    loop.start()
    loop.start()
    await loop.stop()
    expect(runs).toBe(1)
  })
})
