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
  for (const path of ['/cart', '/orders', '/cart', '/items', '/orders']) await shop.buy(path)
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

const rows = (page: Page) => page.locator('.trace-row')
const spans = (page: Page) => page.locator('.wf-row')
const names = (page: Page) => page.locator('.wf-row .wf-title').allTextContents()

async function traceOf(route: string, nth = 0): Promise<string> {
  const answer = await fetch(`${shop.url}api/console/traces?operation=${route}`)
  const { traces } = (await answer.json()) as { traces: { traceId: string }[] }
  return traces[nth]?.traceId ?? ''
}

describe('the traces page', () => {
  it('finds traces by what the address says, and keeps it over a reload', async () => {
    const page = await opened('traces')
    await expect.poll(() => rows(page).count()).toBe(5)
    await page.getByLabel('Status').selectOption('error')
    await expect.poll(() => rows(page).count()).toBe(2)
    await page.getByLabel('Operation or route').fill('/cart')
    await page.keyboard.press('Enter')
    await page.getByText('No trace in this range is like that').waitFor()
    await page.getByLabel('Status').selectOption('')
    await expect.poll(() => rows(page).count()).toBe(2)
    await page.getByLabel('Attributes').fill('cart.size=3 http.route=/cart')
    await page.keyboard.press('Enter')
    await page.reload()
    await expect.poll(() => page.getByLabel('Operation or route').inputValue()).toBe('/cart')
    expect(page.url()).toContain('cart.size')
    await page.getByRole('button', { name: 'Clear' }).click()
    await expect.poll(() => rows(page).count()).toBe(5)
    await page.getByLabel('Order').selectOption('longest')
    await expect.poll(() => rows(page).first().textContent()).toContain('/orders')
  })

  it(
    'shows new ones as they come, and holds them back from a reader who has scrolled',
    { timeout: 60_000 },
    async () => {
      const page = await opened('traces', { viewport: { width: 900, height: 300 } })
      await expect.poll(() => rows(page).count()).toBeGreaterThan(4)
      const before = await rows(page).count()
      await page.getByRole('heading', { name: 'Traces' }).hover()
      await page.mouse.wheel(0, 400)
      await expect.poll(() => page.evaluate<number>('window.scrollY')).toBeGreaterThan(160)
      await shop.buy('/new')
      const button = page.getByRole('button', { name: '1 new trace: show' })
      await button.waitFor()
      expect(await rows(page).count()).toBe(before)
      await button.click()
      await expect.poll(() => rows(page).count()).toBe(before + 1)
      expect(await rows(page).first().textContent()).toContain('/new')
      await shop.buy('/newer')
      await expect.poll(() => rows(page).first().textContent(), { timeout: 10_000 }).toContain('/newer')
    },
  )

  it('opens one from the chart of latencies, and comes back to where it was', async () => {
    const page = await opened('traces?status=error')
    await expect.poll(() => rows(page).count()).toBe(2)
    await rows(page).first().click()
    await expect.poll(() => spans(page).count()).toBe(4)
    await page.getByRole('link', { name: '← Traces' }).click()
    await expect.poll(() => page.url()).toContain('#/traces?status=error')
    const id = await traceOf('/cart')
    await page.getByLabel('Text or trace id').fill(id)
    await expect.poll(() => page.url()).toContain(`#/traces/${id}`)
    await spans(page).first().waitFor()
  })
})

describe('one trace', () => {
  it('is a waterfall by keyboard, with what failed at its head', async () => {
    const page = await opened(`traces/${await traceOf('/orders')}`)
    await expect.poll(() => names(page)).toEqual(['GET /orders', 'load cart', 'redis get', 'debit wallet'])
    const errors = page.getByRole('region', { name: 'Errors' }).getByRole('button')
    expect((await errors.first().textContent())?.replaceAll(/\s+/g, ' ')).toContain(
      'debit wallet shop insufficient funds',
    )
    await spans(page).first().focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowLeft')
    await expect.poll(() => names(page)).toEqual(['GET /orders', 'load cart', 'debit wallet'])
    await page.reload()
    await expect.poll(() => names(page)).toEqual(['GET /orders', 'load cart', 'debit wallet'])
    await page.getByRole('button', { name: 'Open all' }).click()
    await expect.poll(() => spans(page).count()).toBe(4)
    await spans(page).nth(1).focus()
    await page.keyboard.press('Enter')
    await page.locator('.span-detail').getByRole('row', { name: 'cart.size 3' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'Find spans with cart.size=3' }).click()
    await expect.poll(() => page.locator('.wf-row.hit .wf-title').allTextContents()).toEqual(['load cart'])
    await errors.first().click()
    await page.locator('.span-detail').getByText('exception.stacktrace').waitFor()
    expect(await page.locator('.wf-path').count()).toBeGreaterThan(3)
    await page.getByLabel('Critical path').uncheck()
    await expect.poll(() => page.locator('.wf-path').count()).toBe(0)
  })

  it('has its log lines in order, and what the process did meanwhile', async () => {
    const page = await opened(`traces/${await traceOf('/orders')}`)
    const lines = page.locator('.trace-lines .line-text')
    await expect.poll(() => lines.allTextContents()).toEqual(['Charged', 'Debit failed', 'Request completed'])
    expect(await page.locator('.wf-log').count()).toBe(3)
    await expect.poll(() => page.locator('.lane').count(), { timeout: 15_000 }).toBeGreaterThan(1)
    await page.getByText(/coarser than the trace/).waitFor()
    await page.getByRole('link', { name: 'Logs', exact: true }).last().click()
    await expect.poll(() => page.locator('.line').count()).toBe(3)
  })

  it('is laid beside another', async () => {
    const [orders, cart] = [await traceOf('/orders'), await traceOf('/cart')]
    const page = await opened(`traces/${orders}`)
    await page.getByText('Compare with…').click()
    await page.locator('.compare-choice a').first().click()
    await expect.poll(() => page.locator('.diff tbody tr').count()).toBe(4)
    await page.goto(`${shop.url}#/traces/${orders}?with=${cart}`)
    await page.getByText('only in A').waitFor()
    await page.getByLabel('Only what one of them has').check()
    await expect
      .poll(() => page.locator('.diff tbody th').allTextContents())
      .toEqual([expect.stringContaining('debit wallet')])
  })

  it('says so when it is not there any more', async () => {
    const page = await opened(`traces/${'0'.repeat(31)}1`)
    await page.getByText('This trace is not in memory').waitFor()
    await expect.poll(() => page.locator('.empty').textContent()).toContain('50000 spans at most')
    // The browser itself tells of the answer.
    expect(visits[0]?.complaints.splice(0).every((each) => each.includes('404'))).toBe(true)
  })

  it('is saved as Jaeger has it', async () => {
    const page = await opened(`traces/${await traceOf('/cart')}`)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as JSON' }).click(),
    ])
    expect(download.suggestedFilename()).toMatch(/^trace-[0-9a-f]{32}\.json$/)
  })
})

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it.each([1400, 390])('axe finds nothing at %d px, and nothing sticks out', { timeout: 60_000 }, async (width) => {
    const [orders, cart] = [await traceOf('/orders'), await traceOf('/cart')]
    const options = { colorScheme, viewport: { width, height: 900 }, bypassCSP: true }
    const page = await opened('traces', options)
    for (const [place, there] of [
      ['traces', '.trace-row'],
      [`traces/${orders}?find=error%3Dtrue`, '.wf-row'],
      [`traces/${orders}?with=${cart}`, '.diff'],
    ] as const) {
      await page.goto(`${shop.url}#/${place}`)
      await page.locator(there).first().waitFor()
      if (there === '.wf-row') {
        await page.locator('.errors-first button').first().click()
        await page.locator('.span-detail').waitFor()
      }
      expect(await axeFindings(page), place).toEqual([])
      const sticksOut = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
      expect(sticksOut, place).toBeLessThanOrEqual(0)
    }
  })
})
