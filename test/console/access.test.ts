import type { Browser } from 'playwright-core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { axeFindings, openBrowser, visit, type Visit } from '../support/browser.ts'
import { serveService } from '../support/served-admin.ts'

const closing: (() => unknown)[] = []
let browser: Browser | undefined
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(() => browser?.close())

async function opened(hash = '', options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit & { url: string }> {
  browser ??= await openBrowser((reason) => expect.unreachable(reason))
  const served = await serveService({
    tokens: [
      { name: 'deploy', token: 'operator-token', scopes: ['read', 'operate'] },
      { name: 'looker', token: 'reader-token', scopes: ['read'] },
    ],
    basic: [{ user: 'ann', password: 'pass-word', scopes: ['read', 'operate'] }],
  })
  closing.push(() => served.close())
  const visited = await visit(browser, options)
  closing.push(() => visited.context.close())
  await visited.page.goto(`${served.url}/${hash}`)
  return { ...visited, url: served.url }
}

describe('G12: logging in', () => {
  it('shows a form, says what was wrong, and goes on where one was', async () => {
    const { page } = await opened('#/overview?from=now-3h')
    await page.getByLabel('Token').fill('no-such-token')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').getByText('this token is none of them').waitFor()
    await page.getByRole('button', { name: 'With a name and a password' }).click()
    await page.getByLabel('Name').fill('ann')
    await page.getByLabel('Password').fill('pass-word')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    expect(new URL(page.url()).hash).toBe('#/overview?from=now-3h')
    await page.getByText('ann', { exact: true }).waitFor()
    expect(await page.getByText('read only').count()).toBe(0)
    await page.reload()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  })

  it('shows who may only look that they may, and a log-out ends it in every tab', async () => {
    const { page, context, url } = await opened()
    await page.getByLabel('Token').fill('reader-token')
    await page.keyboard.press('Enter')
    await page.getByText('read only').waitFor()
    const other = await context.newPage()
    await other.goto(url)
    await other.getByRole('button', { name: 'live' }).waitFor()
    await page.getByRole('button', { name: 'Logged in as looker' }).click()
    await page.getByRole('menuitem', { name: 'Log out' }).click()
    for (const each of [page, other]) await each.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await context.cookies()).toEqual([])
    await other.getByLabel('Token').fill('operator-token')
    await other.keyboard.press('Enter')
    for (const each of [page, other]) await each.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('button', { name: 'live' }).waitFor()
  })

  it('a session that is over ends in the form', async () => {
    const { page, context } = await opened()
    await page.getByLabel('Token').fill('reader-token')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'live' }).waitFor()
    await context.clearCookies()
    // It asks for what there is up to now.
    await page.getByRole('button', { name: 'live' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    await page.getByLabel('Token').waitFor()
    expect(await page.getByLabel('Token').isVisible()).toBe(true)
  })

  it.each(['light', 'dark'] as const)('axe finds nothing on the form: %s', async (colorScheme) => {
    const { page } = await opened('', { bypassCSP: true, colorScheme, viewport: { width: 390, height: 780 } })
    await page.getByRole('button', { name: 'Log in' }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true)
  })
})

it('a link that was used is taken out of the address, and the form says so', async () => {
  const { page } = await opened('#/login?link=xyz')
  await page.getByRole('alert').getByText('the link was used already').waitFor()
  expect(new URL(page.url()).hash).toBe('#/')
})
