import type { Browser } from 'playwright-core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { ask } from '../support/ask.ts'
import { openBrowser, visit } from '../support/browser.ts'
import { proxyPath } from '../support/path-proxy.ts'
import { serveService } from '../support/served-admin.ts'

const PATH = '/ops/boxman'
const closing: (() => unknown)[] = []
let browser: Browser | undefined
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(() => browser?.close())

async function behind(strips: boolean, token?: string): Promise<string> {
  const admin = { ...(strips ? {} : { basePath: PATH }), ...(token === undefined ? {} : { token }) }
  const served = await serveService(admin)
  closing.push(() => served.close())
  const proxy = await proxyPath(PATH, new URL(served.url).origin, strips)
  closing.push(() => proxy.close())
  return proxy.origin
}

describe.each([
  ['takes the path off', true],
  ['keeps the path', false],
])('G12: beneath a path, behind a proxy that %s', (_, strips) => {
  it('each address that a page holds is there', async () => {
    const origin = await behind(strips)
    const bare = await ask(`${origin}${PATH}?a=1`)
    const moved = new URL(String(bare.headers['location']), origin + PATH)
    expect([bare.status, moved.pathname + moved.search]).toEqual([strips ? 301 : 308, `${PATH}/?a=1`])
    for (const page of [`${PATH}/`, `${PATH}/endpoints`]) {
      const { status, text } = await ask(origin + page)
      const links = [...text.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, link = '']) => link)
      expect([status, links.length > 2]).toEqual([200, true])
      for (const link of links) {
        expect([link, (await ask(new URL(link, origin + page).href)).status]).toEqual([link, 200])
      }
    }
  })

  it.each(['', '/'])('the console opens, logs in and lives, asked for as %j', async (end) => {
    browser ??= await openBrowser((reason) => expect.unreachable(reason))
    const origin = await behind(strips, 'some-token')
    const { page, context, complaints } = await visit(browser)
    closing.push(() => context.close())
    await page.goto(origin + PATH + end)
    await page.getByLabel('Token').fill('some-token')
    await page.getByRole('button', { name: 'Log in' }).click()
    await page.getByRole('button', { name: 'live' }).waitFor()
    await page.locator('canvas').first().waitFor()
    const cookies = await context.cookies()
    expect(cookies.map(({ path, httpOnly, sameSite }) => [path, httpOnly, sameSite])).toEqual([
      [`${PATH}/`, true, 'Strict'],
    ])
    // Before the log-in, and nothing after it.
    expect(complaints.filter((each) => !each.includes('401'))).toEqual([])
    expect(page.url()).toBe(`${origin}${PATH}/`)
  })
})
