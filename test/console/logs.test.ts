import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { axeFindings, openBrowser, type Visit, visit } from '../support/browser.ts'
import { type TracedShop, tracedShop } from '../support/traced-shop.ts'

let browser: Browser | undefined
let shop: TracedShop
beforeEach(async (context) => {
  browser ??= await openBrowser((reason) => context.skip(reason))
})
beforeAll(async () => {
  shop = await tracedShop()
  await shop.buy('/cart')
  await shop.buy('/orders')
})
afterAll(async () => {
  await browser?.close()
  await shop.close()
})

const visits: Visit[] = []
afterEach(async () => {
  for (const { context, complaints } of visits.splice(0)) {
    await context.close()
    if (complaints.length > 0) throw new Error(complaints.join('\n'))
  }
})

async function opened(place: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
  if (browser === undefined) throw new Error('BUG: there is no browser')
  const made = await visit(browser, { viewport: { width: 1400, height: 900 }, ...options })
  visits.push(made)
  await made.page.goto(`${shop.url}#/${place}`)
  return made.page
}

const texts = (page: Page) => page.locator('.line-text').allTextContents()
const log = (page: Page) => page.getByRole('log', { name: 'Log lines' })

describe('the logs page', () => {
  it('goes on with each line as it is written, none missed and none twice', async () => {
    const page = await opened('logs?module=counter')
    await page.getByText('No line in this range is like that').waitFor()
    const counter = shop.boxman.logger('counter')
    for (let i = 0; i < 150; i++) {
      counter.info({ i }, `count ${i}`)
      if (i % 10 === 0) await page.waitForTimeout(30)
    }
    await expect.poll(async () => (await texts(page)).at(-1), { timeout: 10_000 }).toContain('count 149')
    await expect.poll(() => page.locator('.tail-bar .found strong').textContent()).toBe('150')
    const shown = await texts(page)
    const last = Array.from({ length: shown.length }, (_, i) => `count ${150 - shown.length + i}`)
    expect(shown.map((text) => text.split(' i=')[0])).toEqual(last)
    expect(shown.length).toBeLessThan(80)
  })

  it('stays with the reader who scrolls up, and counts what comes', async () => {
    const page = await opened('logs?module=counter')
    await expect.poll(async () => (await texts(page)).at(-1)).toContain('count 149')
    await log(page).hover()
    await page.mouse.wheel(0, -600)
    await page.getByRole('button', { name: 'To the end ↓' }).waitFor()
    const place = await log(page).evaluate((element) => element.scrollTop)
    for (let i = 0; i < 3; i++) shop.boxman.logger('counter').warn(`late ${i}`)
    await page.getByRole('button', { name: '3 new lines ↓' }).waitFor()
    expect(await log(page).evaluate((element) => element.scrollTop)).toBe(place)
    await page.getByRole('button', { name: '3 new lines ↓' }).click()
    await expect.poll(async () => (await texts(page)).at(-1)).toContain('late 2')
  })

  it('filters by what the address says, and keeps it over a reload', async () => {
    const page = await opened('logs')
    await page.getByRole('combobox', { name: 'Level' }).selectOption('error')
    await expect
      .poll(async () => (await texts(page)).map((text) => text.split(' ', 2).join(' ')))
      .toEqual(['Debit failed', 'Request completed'])
    await page.reload()
    await expect.poll(() => page.locator('.line').count()).toBe(2)
    await page.getByRole('button', { name: 'Clear' }).click()
    await page.getByLabel('Module').fill('wallet.*')
    await page.keyboard.press('Enter')
    await page.getByLabel('Text').fill('CHARGED')
    await expect.poll(() => page.locator('.line mark').allTextContents()).toEqual(['Charged', 'Charged'])
  })

  it('opens a line to its fields, goes by one of them, and to its trace and back', async () => {
    const page = await opened('logs?module=wallet&level=info&text=Charged')
    await expect.poll(() => page.locator('.line').count()).toBe(2)
    await log(page).focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Only lines with user.id=p7' }).click()
    await expect.poll(() => page.url()).toContain('user.id')
    await page.getByRole('button', { name: 'No longer only user.id=p7' }).waitFor()
    await expect.poll(() => page.locator('.line').count()).toBe(2)
    await page.locator('.line-fields').getByRole('link', { name: 'Trace' }).click()
    await page.locator('.wf-row').first().waitFor()
    await page.getByRole('link', { name: '← Back to logs' }).click()
    await expect.poll(() => page.locator('.line.opened').count()).toBe(1)
  })

  it('leads from a bar to its time', async () => {
    const page = await opened('logs')
    await expect.poll(() => page.locator('.rate-bar > span').count()).toBeGreaterThan(0)
    await page
      .locator('.rate-bar')
      .filter({ has: page.locator('span') })
      .first()
      .click()
    await expect.poll(() => page.url()).toMatch(/from=\d+&to=\d+/)
    await expect.poll(() => page.locator('.line').count()).toBeGreaterThan(0)
  })

  it('changes the level of a module for a while, and takes it back', async () => {
    const page = await opened('logs?levels=on&module=wallet.db')
    await page.getByRole('region', { name: 'Modules' }).getByRole('row', { name: 'wallet.db info *' }).waitFor()
    await page.getByLabel('Module or pattern').fill('wallet.*')
    const form = page.getByRole('form', { name: 'Change a level' })
    await form.getByLabel('Level').selectOption('debug')
    await form.getByLabel('For').selectOption('5m')
    await form.getByRole('button', { name: 'Set' }).click()
    await page.getByRole('region', { name: 'Modules' }).getByRole('row', { name: 'wallet.db debug wallet.*' }).waitFor()
    expect(shop.boxman.logger('wallet.db').level).toBe('debug')
    await shop.buy('/cart')
    await expect.poll(async () => (await texts(page)).at(-1), { timeout: 10_000 }).toContain('Select')
    await page.getByRole('button', { name: 'Reset wallet.*' }).click()
    await expect.poll(() => shop.boxman.logger('wallet.db').level).toBe('info')
    await page.getByRole('region', { name: 'Modules' }).getByRole('row', { name: 'wallet.db info *' }).waitFor()
  })

  it('says how many lines are gone', async () => {
    for (let i = 0; i < 450; i++) shop.boxman.logger('flood').info({ i }, `drop ${i % 3}`)
    const page = await opened('logs')
    await expect
      .poll(() => page.locator('.tail-bar .found').textContent())
      .toMatch(/holds 400 .* \d+ older ones are gone/)
  })
})

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([1400, 390])('axe finds nothing at %d px, and nothing sticks out', { timeout: 60_000 }, async (width) => {
    await shop.buy('/orders')
    const options = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true }
    const page = await opened('logs?levels=on&mark=completed', options)
    await page.locator('.line-row').last().waitFor()
    await page.locator('.line-error .line-row').last().click()
    await page.locator('.line-fields').waitFor()
    expect(await axeFindings(page)).toEqual([])
    const sticksOut = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    expect(sticksOut).toBeLessThanOrEqual(0)
  })
})
