import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { childContext, createIdSource, currentContext, extractContext, identify, runWithContext } from './index.ts'

const ids = createIdSource()

describe('current context', () => {
  it('is absent outside, and follows everything asynchronous inside (G10)', async () => {
    expect(currentContext()).toBeUndefined()
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const context = extractContext({ 'x-correlation-id': `c-${i}` }, ids)
        return runWithContext(context, async () => {
          await sleep(i % 3)
          await new Promise((resolve) => setImmediate(resolve))
          return currentContext()?.correlationId
        })
      }),
    )
    expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => `c-${i}`))
    expect(currentContext()).toBeUndefined()
  })

  it('is the inner one within, and the outer one again after a throw', () => {
    const outer = extractContext({}, ids)
    runWithContext(outer, () => {
      const inner = childContext(outer, ids)
      expect(() =>
        runWithContext(inner, () => {
          expect(currentContext()).toBe(inner)
          throw new Error('lost bet')
        }),
      ).toThrow('lost bet')
      expect(currentContext()).toBe(outer)
    })
  })
})

describe('identify', () => {
  it('names user, session and game, also for the calls made later', () => {
    const context = extractContext({}, ids)
    runWithContext(context, () => {
      identify({ userId: 'player-7' })
      identify({ sessionId: 's:1' })
      identify({ gameId: 'T7' })
    })
    expect(context).toMatchObject({ userId: 'player-7', sessionId: 's:1', gameId: 'T7' })
    expect(childContext(context, ids)).toMatchObject({ userId: 'player-7', sessionId: 's:1', gameId: 'T7' })
  })

  it.each([[''], ['two words'], ['a\nb'], ['x'.repeat(129)]])('does not take %j', (userId) => {
    const context = extractContext({}, ids)
    runWithContext(context, () => {
      identify({ userId: 'player-7' })
      identify({ userId, sessionId: userId, gameId: userId })
    })
    expect(context).toMatchObject({ userId: 'player-7', sessionId: undefined, gameId: undefined })
  })

  it('does nothing outside a context', () => {
    expect(() => identify({ userId: 'player-7' })).not.toThrow()
    expect(currentContext()).toBeUndefined()
  })
})
