import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeFindings, openBrowser, visit } from '../support/browser.ts'
import { Craps } from '../support/craps.ts'

let craps: Craps
let browser: Browser | undefined

beforeAll(async () => {
  craps = await Craps.start(['--players', '20'])
})
afterAll(async () => {
  await browser?.close()
  await craps.stop()
})

const opened = async (skip: (reason: string) => never): Promise<Browser> => (browser ??= await openBrowser(skip))
const DESKTOP = { width: 1400, height: 900 }
const PHONE = { width: 390, height: 844 }

/** A panel, by its title. */
const panel = (page: Page, title: string) => page.getByRole('region', { name: title, exact: true })

describe('the overview of the running gateway', () => {
  it('opens with data', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { viewport: DESKTOP })
    await page.goto(craps.addresses.admin)
    await panel(page, 'Request rate').locator('.stat-value').filter({ hasText: 'req/s' }).waitFor()
    await panel(page, 'Health')
      .locator('.stat-value')
      .filter({ hasText: /ready|degraded/ })
      .waitFor()
    await panel(page, 'Requests by route').getByRole('button', { name: '/tables/:tableId/bets' }).waitFor()
    await panel(page, 'Slowest routes').scrollIntoViewIfNeeded()
    await panel(page, 'Slowest routes').getByRole('cell', { name: '/tables/:tableId/bets' }).waitFor()
    // Of a service that has just been started, the last minutes alone.
    await page.getByRole('button', { name: 'Last 5 minutes' }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })

  it.for([1280, 390])('at %i px its numbers are whole, and nothing is wider than the page', async (width, { skip }) => {
    const { page, context } = await visit(await opened(skip), {
      viewport: { width, height: 800 },
    })
    await page.goto(craps.addresses.admin)
    await panel(page, 'Request rate').locator('.stat-value').filter({ hasText: 'req/s' }).waitFor()
    const cut = await page.locator('.stat-value').evaluateAll((all) =>
      all.flatMap((each) => {
        const card = each.closest('.card')?.getBoundingClientRect()
        const drawn = each.ownerDocument.createRange()
        drawn.selectNodeContents(each)
        const text = drawn.getBoundingClientRect()
        return each.scrollWidth > each.clientWidth + 1 || text.right > (card?.right ?? 0) ? [each.textContent] : []
      }),
    )
    expect(cut).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    await context.close()
  })

  it('from a slow route to its traces', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { viewport: DESKTOP })
    await page.goto(craps.addresses.admin)
    const row = panel(page, 'Slowest routes').getByRole('row').filter({ hasText: '/tables/:tableId/bets' })
    await panel(page, 'Slowest routes').scrollIntoViewIfNeeded()
    await row.getByRole('link', { name: 'Traces' }).click()
    await page.locator('.trace-row').first().waitFor()
    const names = await page.locator('.trace-what strong').allTextContents()
    expect([...new Set(names)]).toEqual(['POST /tables/:tableId/bets'])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('a chart is zoomed by drawing over it; back, out and live lead out again', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { viewport: DESKTOP })
    await page.goto(craps.addresses.admin)
    const over = panel(page, 'Requests by route').locator('.u-over')
    await over.waitFor()
    const box = (await over.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 }
    await page.mouse.move(box.x + box.width * 0.3, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await page.waitForURL(/from=\d+&to=\d+/)
    const span = (): number => {
      const params = new URLSearchParams(page.url().split('?')[1])
      return Number(params.get('to')) - Number(params.get('from'))
    }
    const zoomed = span()
    expect(zoomed).toBeLessThan(300_000 / 2)
    const narrow = page.url()
    await page.reload()
    await panel(page, 'Requests by route').locator('.u-over').waitFor()
    expect(page.url()).toBe(narrow)
    await page.getByRole('button', { name: 'Zoom out' }).click()
    await expect.poll(span).toBeGreaterThan(zoomed)
    await page.goBack()
    await expect.poll(() => page.url()).toBe(narrow)
    await page.getByRole('button', { name: 'go live' }).click()
    await page.getByRole('button', { name: 'live', exact: true }).waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe('any metric', () => {
  it('is found, drawn, broken down by a label, and still so after a reload', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { viewport: DESKTOP })
    await page.goto(`${craps.addresses.admin}/#/metrics`)
    await page.getByRole('searchbox', { name: 'Find a metric' }).fill('dice rolls')
    await page.getByRole('link', { name: /bitcraps_dice_rolls_total/ }).click()
    await panel(page, 'Rate').waitFor()
    await page.getByRole('combobox', { name: 'Break down by' }).selectOption('total')
    await panel(page, '7').locator('canvas').waitFor()
    await page.reload()
    await panel(page, '12').locator('canvas').waitFor()
    await page.getByRole('button', { name: 'Table' }).click()
    await page.getByRole('region', { name: 'By total' }).getByRole('button', { name: 'total' }).click()
    expect(await page.locator('.break-down tbody tr').count()).toBe(11)
    expect(await page.getByRole('link', { name: 'Open as PromQL' }).getAttribute('href')).toContain(
      new URLSearchParams({ q: 'sum by (total) (rate(bitcraps_dice_rolls_total[$__rate_interval]))' }).toString(),
    )
    expect(complaints).toEqual([])
    await context.close()
  })

  it('a histogram has quantiles and a heat map', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { viewport: DESKTOP })
    await page.goto(`${craps.addresses.admin}/#/metrics?metric=http_request_duration_seconds`)
    await panel(page, 'Quantiles').getByRole('button', { name: 'p95' }).waitFor()
    await panel(page, 'Heat map').locator('canvas').waitFor()
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe('the casino', () => {
  it('lists its players, and keeps the order that was asked for', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { viewport: DESKTOP })
    await page.goto(`${craps.addresses.admin}/#/dashboards/casino`)
    const rows = panel(page, 'Player statistics').locator('tbody tr')
    await rows.first().waitFor()
    await page.getByLabel('First').selectOption('Most suspicious')
    await page.waitForURL(/players=suspicion/)
    await page.reload()
    await rows.first().waitFor()
    expect(await page.getByLabel('First').inputValue()).toBe('suspicion')
    expect(complaints).toEqual([])
    await context.close()
  })
})

describe.each(['light', 'dark'] as const)('in the %s', (colorScheme) => {
  it.each([
    ['overview', DESKTOP, 'Requests by route'],
    ['overview', PHONE, 'Requests by route'],
    ['dashboards/casino', DESKTOP, 'Rolls against two fair dice'],
    ['dashboards/bets', PHONE, 'Ingress to proof'],
    ['metrics?metric=bitcraps_dice_rolls_total&by=total', DESKTOP, '7'],
    ['metrics', PHONE, 'All metrics'],
  ])('axe finds nothing on %s at %o, and nothing sticks out', async (path, viewport, title) => {
    const { page, context, complaints } = await visit(
      await opened((reason) => {
        throw new Error(reason)
      }),
      { viewport, colorScheme, bypassCSP: true },
    )
    await page.goto(`${craps.addresses.admin}/#/${path}`)
    await panel(page, title).waitFor()
    await panel(page, title).getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' })
    expect(await axeFindings(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
    expect(complaints).toEqual([])
    await context.close()
  })
})
