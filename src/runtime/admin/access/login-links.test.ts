import { describe, expect, it } from 'vitest'
import { createBoxman } from '../../index.ts'
import { ask } from '../../../../test/support/ask.ts'
import { offerLogin } from '../offer-login.ts'
import { LoginLinks } from './login-links.ts'

describe('a link to log in with', () => {
  it('lets in once, for ten minutes, and only the latest', () => {
    let clock = 0
    const links = new LoginLinks(() => clock)
    expect(links.redeem('')).toBe(false)
    const first = links.make()
    const second = links.make()
    expect(second).toMatch(/^[\w-]{43}$/)
    expect([links.redeem(first), links.redeem(`${second}x`), links.redeem(second), links.redeem(second)]).toEqual([
      false,
      false,
      true,
      false,
    ])
    const third = links.make()
    clock = 600_000
    expect(links.redeem(third)).toBe(false)
  })

  it.each([
    ['a terminal, where a token is asked for', true, { token: 'some-token' }, true],
    ['a terminal, where only the address counts', true, { allow: ['127.0.0.1'] }, false],
    ['what is no terminal', false, { token: 'some-token' }, false],
  ] as const)('is shown at %s: %j', async (_, isTTY, admin, isShown) => {
    const boxman = await createBoxman(
      { service: 'wallet', admin: { port: 0, basePath: '/ops', ...admin } },
      { env: {}, logDestination: { write: () => undefined } },
    )
    const shown: string[] = []
    offerLogin(boxman.admin, { isTTY, write: (text: string | Uint8Array) => shown.push(String(text)) > 0 })
    const url = boxman.admin.url ?? ''
    try {
      expect(shown).toHaveLength(isShown ? 1 : 0)
      if (!isShown) return
      const [, address, link] = /: (\S+)\/#\/login\?link=([\w-]{43})\n$/.exec(shown[0] ?? '') ?? []
      expect(address).toBe(url)
      const follow = () =>
        ask(
          `${url}/api/console/login`,
          { 'content-type': 'application/json' },
          'POST',
          JSON.stringify({ link, path: '/ops/' }),
        )
      const told = await follow()
      expect([told.status, JSON.parse(told.text)]).toMatchObject([200, { name: 'a token' }])
      expect((await follow()).status).toBe(401)
    } finally {
      await boxman.stop()
    }
  })
})
