import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { generateKeys, GENESIS_HASH, readPrivateKey, readValidators } from '../consensus/index.ts'
import { createValidatorApp, Faults, NO_FAULTS, Validator } from './index.ts'

function app(token?: string) {
  const keys = generateKeys()
  const validator = new Validator({
    name: 'v1',
    privateKey: readPrivateKey(keys.privateKey),
    validators: readValidators({ v1: keys.publicKey }),
    now: () => 0,
    randomBytes,
  })
  return createValidatorApp({
    validator,
    faults: new Faults(NO_FAULTS, Math.random),
    crash: () => {
      throw new Error('BUG: no crash was asked for')
    },
    ...(token !== undefined && { token }),
  })
}

const round = {
  tableId: 'T1',
  height: 1,
  attempt: 1,
  previousHash: GENESIS_HASH,
  betsRoot: 'a'.repeat(64),
  betsCount: 1,
}

describe('the validator over HTTP', () => {
  it.each<[string, string, unknown, number, string]>([
    ['a commit', '/commit', { round }, 200, '"validator":"v1"'],
    ['no body', '/commit', undefined, 400, 'malformed'],
    ['no JSON', '/commit', '{', 400, 'malformed'],
    ['a missing member', '/commit', { round: { ...round, height: undefined } }, 400, '$.round.height is missing'],
    ['a member too many', '/commit', { round: { ...round, note: 1 } }, 400, '$.round.note is not known here'],
    ['a number as text', '/commit', { round: { ...round, height: '1' } }, 400, '$.round.height must be an integer'],
    ['a table without a name', '/commit', { round: { ...round, tableId: '' } }, 400, '$.round.tableId must be'],
    ['a prototype', '/commit', '{"__proto__":{"round":1}}', 400, 'malformed'],
    ['too long a body', '/commit', `"${'x'.repeat(400_000)}"`, 413, 'malformed'],
    ['a conflict', '/commit', { round: { ...round, height: 2 } }, 409, 'wrong-height'],
    ['a secret not due', '/reveal', { round, commitments: [] }, 409, 'unknown-round'],
    ['a shapeless proposal', '/propose', { proposal: round }, 400, '$.proposal.commitments is missing'],
    ['another path', '/sign', {}, 404, 'not-found'],
  ])('answers %s', async (_name, url, body, status, part) => {
    const payload = typeof body === 'string' ? body : JSON.stringify(body)
    const reply = await app().inject({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      ...(payload !== undefined && { payload }),
    })
    expect(reply.body).toContain(part)
    expect(reply.statusCode).toBe(status)
  })

  it('asks for its token, but not for its health', async () => {
    const guarded = app('a token')
    const ask = async (authorization?: string) => {
      const headers = { ...(authorization !== undefined && { authorization }) }
      return (await guarded.inject({ method: 'POST', url: '/commit', headers, payload: { round } })).statusCode
    }
    expect(await ask()).toBe(401)
    expect(await ask('Bearer a tokem')).toBe(401)
    expect(await ask('a token')).toBe(401)
    expect(await ask('Bearer a token')).toBe(200)
    const health = await guarded.inject('/health')
    expect(health.json()).toMatchObject({ status: 'ok', name: 'v1', tables: 1, stats: { commitments: 1 } })
  })

  it('takes faults while it runs, and refuses those that are none', async () => {
    const faulty = app('a token')
    const put = async (payload: object, authorization = 'Bearer a token') =>
      faulty.inject({ method: 'PUT', url: '/faults', headers: { authorization }, payload })
    const commit = async () =>
      (
        await faulty.inject({
          method: 'POST',
          url: '/propose',
          headers: { authorization: 'Bearer a token' },
          payload: { proposal: 1 },
        })
      ).body
    expect((await put({ refuseShare: 1 }, 'Bearer b')).statusCode).toBe(401)
    expect((await put({ delayMs: '1-2', delayShare: 0.5, refuseShare: 1 })).statusCode).toBe(204)
    expect(await commit()).toContain('$.proposal')
    for (const [wrong, problem] of [
      [{ delayMs: 'long' }, '$.delayMs must be like 50 or'],
      [{ delayMs: 70_000 }, '$.delayMs must be like 50 or'],
      [{ delayShare: 2 }, '$.delayShare must be a number of 0 to 1'],
      [{ crashAfter: 1 }, '$.crashAfter is not known here'],
    ] as const) {
      const reply = await put(wrong)
      expect(reply.statusCode).toBe(400)
      expect(reply.body).toContain(problem)
    }
    expect((await put({})).statusCode).toBe(204)
  })
})

describe('Faults', () => {
  const random = (...values: readonly number[]) => {
    let next = 0
    return () => values[next++] ?? 0
  }

  it.each<[string, Partial<typeof NO_FAULTS>, readonly number[], number]>([
    ['none', {}, [0, 0], 0],
    ['a fixed one', { delayMs: { least: 50, most: 50 } }, [0.99, 0.5], 50],
    ['one of a range', { delayMs: { least: 50, most: 400 } }, [0.99, 0.5], 225],
    ['a share, hit', { delayMs: { least: 50, most: 50 }, delayShare: 0.2 }, [0.19, 0.5], 50],
    ['a share, missed', { delayMs: { least: 50, most: 50 }, delayShare: 0.2 }, [0.2, 0.5], 0],
  ])('delays by %s', (_name, settings, values, want) => {
    expect(new Faults({ ...NO_FAULTS, ...settings }, random(...values)).delayMs()).toBe(want)
  })

  it('refuses a share, and none by default', () => {
    const some = new Faults({ ...NO_FAULTS, refuseShare: 0.5 }, random(0.49, 0.5))
    expect([some.refuses(), some.refuses()]).toEqual([true, false])
    expect(new Faults(NO_FAULTS, random(0)).refuses()).toBe(false)
  })

  it('crashes after so many rounds, and never by default', () => {
    const faults = new Faults({ ...NO_FAULTS, crashAfter: 3 }, random())
    expect([2, 3, 4].map((signed) => faults.crashes(signed))).toEqual([false, true, true])
    expect(new Faults(NO_FAULTS, random()).crashes(1e9)).toBe(false)
  })
})
