import { afterEach, describe, expect, it } from 'vitest'
import { ask, basic, bearer, statusOf } from '../../../../test/support/ask.ts'
import { serveService } from '../../../../test/support/served-admin.ts'
import { Failures } from './failures.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe('failures', () => {
  it('an address that fails too often waits; what is right goes on', async () => {
    const served = await serveService({
      token: 'some-token',
      basic: [{ user: 'ann', password: 'pass-word', scopes: ['read'] }],
    })
    closing.push(() => served.close())
    const { url } = served
    const statuses: number[] = []
    for (let i = 0; i < 25; i++) statuses.push(await statusOf(`${url}/nothing`, basic('ann', `guess-${i}`)))
    expect(new Set(statuses)).toEqual(new Set([401, 429]))
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401))
    const { status, headers } = await ask(`${url}/config`, bearer('wrong-token'))
    expect([status, Number(headers['retry-after']) > 0]).toEqual([429, true])
    // A password is not even looked at; a token cannot be guessed.
    expect(await statusOf(`${url}/config`, basic('ann', 'pass-word'))).toBe(429)
    expect(await statusOf(`${url}/config`, bearer('some-token'))).toBe(200)
    expect(await statusOf(`${url}/livez`)).toBe(200)
    expect(await statusOf(`${url}/config`)).toBe(401)
  })

  it.each([
    ['10.0.0.1', '10.0.0.1', true],
    ['10.0.0.1', '10.0.0.2', false],
    ['10.0.0.1', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', false],
    ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    ['2001:db8::1', '2001:0db8:0:0:5::', true],
    ['2001:db8:0:1::1', '2001:db8:0:2::1', false],
    ['fe80::1%eth0', 'fe80::2%eth1', true],
    ['::1', '::1', true],
    ['::1', '1::', false],
  ])('%s and %s are one: %s', (one, other, same) => {
    const failures = new Failures(() => 0, { burst: 1 })
    failures.record(one)
    expect(failures.waitMs(other) > 0).toBe(same)
  })

  it('are forgiven one by one, and remembered of so many addresses', () => {
    let now = 0
    const failures = new Failures(() => now, { burst: 2, refillMs: 1000, maxAddresses: 3 })
    failures.record('a')
    expect(failures.waitMs('a')).toBe(0)
    failures.record('a')
    expect(failures.waitMs('a')).toBe(1000)
    now = 400
    expect(failures.waitMs('a')).toBe(600)
    now = 1000
    expect(failures.waitMs('a')).toBe(0)
    for (const address of 'bcdef') failures.record(address)
    expect(failures.size).toBe(3)
  })
})
