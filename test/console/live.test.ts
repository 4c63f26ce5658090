import type { Browser } from 'playwright-core'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { openBrowser, visit } from '../support/browser.ts'
import { serveService } from '../support/served-admin.ts'
import { ask } from '../support/ask.ts'

const closing: (() => unknown)[] = []
let browser: Browser | undefined
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})
afterAll(() => browser?.close())

/** As a browser says it of a tab that is not in front. */
const HIDE = `Object.defineProperty(document, 'hidden', { value: true })
document.dispatchEvent(new Event('visibilitychange'))`

async function streamsOf(url: string): Promise<number> {
  const { text } = await ask(`${url}/metrics`)
  return Number(/^boxman_console_streams (\d+)$/m.exec(text)?.[1])
}

describe('G12: the live console', () => {
  it('eight tabs at once are all live, by one stream; nobody is told anything when none is to be seen', async () => {
    browser ??= await openBrowser((reason) => expect.unreachable(reason))
    const served = await serveService({})
    closing.push(() => served.close())
    const { page, context, complaints } = await visit(browser)
    closing.push(() => context.close())
    const tabs = [page, ...(await Promise.all(Array.from({ length: 7 }, () => context.newPage())))]
    for (const tab of tabs) await tab.goto(served.url)
    // The title of the button tells of the last tick.
    for (const tab of tabs)
      await tab
        .getByRole('button', { name: 'live' })
        .and(tab.getByTitle(/ last /))
        .waitFor()
    const told = await Promise.all(tabs.map((tab) => tab.getByRole('button', { name: 'live' }).getAttribute('title')))
    for (const [i, tab] of tabs.entries())
      await expect.poll(() => tab.getByRole('button', { name: 'live' }).getAttribute('title')).not.toBe(told[i])
    expect([await streamsOf(served.url), complaints]).toEqual([1, []])
    for (const tab of tabs) {
      await tab.evaluate(HIDE)
    }
    await expect.poll(() => streamsOf(served.url)).toBe(0)
  })

  it('recovers by itself when the service was started anew', async () => {
    browser ??= await openBrowser((reason) => expect.unreachable(reason))
    const first = await serveService({ token: 'some-token' })
    const { page, context } = await visit(browser)
    closing.push(() => context.close())
    await page.goto(first.url)
    await page.getByLabel('Token').fill('some-token')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'live' }).waitFor()
    await page.locator('canvas').first().waitFor()
    await first.close()
    await page.getByText('The connection is lost').waitFor()
    const asked: string[] = []
    page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    const second = await serveService({ token: 'some-token', port: first.port })
    closing.push(() => second.close())
    await page.getByRole('button', { name: 'live' }).waitFor()
    await page.getByText('The connection is lost').waitFor({ state: 'detached' })
    await expect.poll(() => asked).toEqual(expect.arrayContaining(['/api/console/facts', '/api/v1/query_range']))
    expect(await page.getByText('The service was updated').count()).toBe(0)
  })

  it('says so when the service has another page by now', async () => {
    browser ??= await openBrowser((reason) => expect.unreachable(reason))
    const served = await serveService({})
    const { page, context } = await visit(browser)
    closing.push(() => context.close())
    await page.goto(served.url)
    await page.getByRole('button', { name: 'live' }).waitFor()
    await served.close()
    await page.getByText('The connection is lost').waitFor()
    await page.route('**/api/console/facts', async (route) => {
      const response = await route.fetch().catch(() => undefined)
      // The test is over, and so is the service.
      if (response === undefined) return
      await route.fulfill({ response, json: { ...(await response.json()), page: 'another' } })
    })
    const again = await serveService({ port: served.port })
    closing.push(() => again.close())
    await page.getByText('The service was updated').waitFor()
    await page.getByRole('button', { name: 'Load it' }).click()
    await page.getByText('The service was updated').waitFor({ state: 'detached' })
  })
})
