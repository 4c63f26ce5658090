import { once } from 'node:events'
import { createServer } from 'node:http'
import { createBoxman } from 'boxman'
import express from 'express'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { axeFindings, openBrowser, visit, type Visit } from '../support/browser.ts'
import { portOf } from '../support/port-of.ts'

/** It looks at five screens, one after another. */
const AXE_MS = 120_000

const closing: (() => unknown)[] = []
let url = ''
let browser: Browser | undefined
let open: Visit | undefined

beforeAll(async () => {
  const code = { service: 'shop', log: { enabled: false }, admin: { port: 0 }, store: { intervalMs: 200 } } as const
  const boxman = await createBoxman(code)
  closing.push(() => boxman.stop())
  url = boxman.admin.url ?? ''
  const jobs = boxman.metrics.counter({ name: 'shop_jobs_total', help: 'Jobs done.', labelNames: ['kind'] })
  const limits = boxman.metrics.gauge({
    name: 'shop_limit_bytes',
    help: 'What each kind may take.',
    labelNames: ['kind'],
  })
  const prices = boxman.metrics.histogram({ name: 'shop_wait_seconds', help: 'Waits.', native: {} })
  limits.set({ kind: 'mail' }, 2048)
  limits.set({ kind: 'film' }, 4096)
  const app = express()
  boxman.instrument.express(app)
  app.get('/items/:id', (_request, response) => void response.end('x'))
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => void server.close())
  const work = setInterval(() => {
    jobs.inc({ kind: 'mail' })
    jobs.inc({ kind: 'bill' }, 2)
    prices.observe(Math.random())
    void fetch(`http://127.0.0.1:${portOf(server)}/items/1`).then((response) => response.text())
  }, 50)
  closing.push(() => clearInterval(work))
})

afterEach(async () => {
  await open?.context.close()
  open = undefined
})

afterAll(async () => {
  await browser?.close()
  for (const close of closing.toReversed()) await close()
})

async function explore(
  { skip }: TestContext,
  params: Readonly<Record<string, string>>,
  options: Parameters<typeof visit>[1] = {},
): Promise<Visit> {
  browser ??= await openBrowser(skip)
  open = await visit(browser, { viewport: { width: 1400, height: 900 }, ...options })
  await open.page.goto(`${url}/#/explore?${new URLSearchParams({ from: 'now-5m', ...params }).toString()}`)
  return open
}

/** Once the editor has taken the place of the plain field. */
async function typeInto(page: Page, letter: string, text: string): Promise<void> {
  const editor = page.locator(`.cm-content[aria-label="Query ${letter}"]`)
  await editor.click()
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

describe('the explore page', () => {
  it('has queries to begin with, of metrics that there are', async (context) => {
    const { page, complaints } = await explore(context, {})
    await page.getByRole('link', { name: /Heap in use/ }).click()
    await page.getByRole('img', { name: /Every 2 s: 1 line over time/ }).waitFor()
    expect(page.url()).toContain('heap_used_bytes')
    expect(complaints).toEqual([])
  })

  it('completes a name, runs it by the keyboard, and the editor holds nobody', async (context) => {
    const { page, complaints } = await explore(context, {})
    await typeInto(page, 'A', 'shop_li')
    await page.getByRole('option', { name: /shop_limit_bytes/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.press('Shift+Enter')
    await page.getByRole('img', { name: /2 lines over time/ }).waitFor()
    expect(new URLSearchParams(page.url().split('?')[1]).get('q')).toBe('shop_limit_bytes')
    await page.getByText('4 KiB').first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe('Legend of query A')
    expect(complaints).toEqual([])
  })

  it('underlines what is wrong, in the words of the parser', async (context) => {
    const { page } = await explore(context, {})
    await typeInto(page, 'A', 'foo(up)')
    const wrong = page.locator('.cm-lintRange-error')
    await wrong.waitFor()
    expect(await wrong.textContent()).toBe('foo')
    await wrong.hover()
    await page.getByText('unknown function with name "foo"').waitFor()
    await page.keyboard.press('Shift+Enter')
    await page.getByRole('alert').getByText('1:1: parse error: unknown function with name "foo"').first().waitFor()
  })

  it('a counter should be a rate: one click makes it one', async (context) => {
    const { page, complaints } = await explore(context, { q: 'shop_jobs_total' })
    await page.getByText('shop_jobs_total is a counter: it only rises.').waitFor()
    await page.getByRole('button', { name: 'Use rate()' }).click()
    await page.getByRole('button', { name: 'Use rate()' }).waitFor({ state: 'detached' })
    expect(new URLSearchParams(page.url().split('?')[1]).get('q')).toBe('rate(shop_jobs_total[$__rate_interval])')
    expect(await page.locator('.cm-content').textContent()).toBe('rate(shop_jobs_total[$__rate_interval])')
    expect(complaints).toEqual([])
  })

  it('two queries, one hidden; the table can be sorted; reload keeps all of it', async (context) => {
    const { page, complaints } = await explore(context, { q: 'shop_limit_bytes', tab: 'table' })
    await page.getByRole('button', { name: 'Add query' }).click()
    await typeInto(page, 'B', 'rate(shop_jobs_total[1m])')
    await page.getByRole('button', { name: 'Run' }).click()
    const table = page.getByRole('region', { name: 'Result of A: shop_limit_bytes' })
    await table.waitFor()
    await page.getByRole('region', { name: 'Result of B: rate(shop_jobs_total[1m])' }).getByText('bill').waitFor()
    await table.getByRole('button', { name: 'kind' }).click()
    expect(await table.locator('tbody tr').first().textContent()).toContain('mail')
    await table.getByRole('button', { name: 'kind' }).click()
    expect(await table.locator('tbody tr').first().textContent()).toContain('film')
    await page.reload()
    await table.locator('th[aria-sort=ascending]', { hasText: 'kind' }).waitFor()
    await page.getByLabel('Legend of query A').fill('{{kind}}!')
    const second = page.getByRole('region', { name: 'Query B' })
    await second.getByRole('button', { name: 'Hide' }).click()
    await page.getByRole('tab', { name: 'Graph' }).click()
    await page.getByRole('button', { name: 'film!' }).waitFor()
    await page.reload()
    await page.getByRole('button', { name: 'film!' }).waitFor()
    await second.getByRole('button', { name: 'Show' }).waitFor()
    expect(await page.locator('.cm-content').allTextContents()).toEqual([
      'shop_limit_bytes',
      'rate(shop_jobs_total[1m])',
    ])
    await page.getByRole('button', { name: 'History' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'shop_limit_bytes' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('says what each part of a query comes to, and where series are lost', async (context) => {
    const q = 'sum by (kind) (rate(shop_jobs_total[1m])) / on (kind) shop_limit_bytes'
    const { page, complaints } = await explore(context, { q, tab: 'explain' })
    const tree = page.locator('.explain')
    await tree.getByText('Left 2 series, right 2 series').waitFor()
    await tree.getByText('waiting…').waitFor({ state: 'detached' })
    expect(await tree.locator('.part-count').allTextContents()).toEqual([
      '1 series',
      '2 series',
      '2 series',
      '2 series',
      '2 series',
    ])
    for (const seconds of await tree.locator('.part-seconds').allTextContents())
      expect(seconds).toMatch(/^[\d.]+ (?:µs|ms|s)$/)
    const pairing = (await tree.locator('.pairing').textContent()) ?? ''
    expect(pairing).toContain('on the left with no partner on the right: lost{kind="bill"}')
    expect(pairing).toContain('on the right with no partner on the left: lost{kind="film"}')
    expect(complaints).toEqual([])
  })

  it.for([
    ['a classic histogram', 'sum by (le) (rate(http_request_duration_seconds_bucket[1m]))'],
    ['a native one, and a quantile of it', 'histogram_quantile(0.9, rate(shop_wait_seconds[1m]))'],
  ] as const)('has a heat map of %s', async ([, q], context) => {
    const { page, complaints } = await explore(context, { q, tab: 'heat' })
    await page.getByRole('img', { name: /how often each size came/ }).waitFor()
    expect(complaints).toEqual([])
  })

  it('leads from an exemplar to its trace, in the same time range', async (context) => {
    const q = 'histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[1m])))'
    const { page } = await explore(context, { q })
    const mark = page.getByRole('link', { name: /trace [0-9a-f]{8}/ }).first()
    await mark.waitFor()
    expect(await mark.getAttribute('href')).toMatch(/^#\/traces\/[0-9a-f]{32}\?from=now-5m$/)
  })

  it('lists the metrics with what is known of them; one that is chosen is asked for', async (context) => {
    const { page, complaints } = await explore(context, { list: 'on' })
    await page.getByLabel('Find a metric').fill('shop limit')
    await page.getByRole('button', { name: /shop_limit_bytes/ }).click()
    const details = page.getByRole('region', { name: 'shop_limit_bytes', exact: true })
    await details.getByText('What each kind may take.').waitFor()
    await details.getByText('gauge').waitFor()
    await details.getByText('kind 2 values').waitFor()
    await page.getByRole('img', { name: /2 lines over time/ }).waitFor()
    expect(complaints).toEqual([])
  })

  it.for([
    ['dark', 1400],
    ['light', 1400],
    ['dark', 390],
    ['light', 390],
  ] as const)('axe finds nothing on any tab: %s, %i px', { timeout: AXE_MS }, async ([colorScheme, width], context) => {
    const q = 'sum by (kind) (rate(shop_jobs_total[1m])) / on (kind) shop_limit_bytes'
    const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true }
    const { page, complaints } = await explore(context, {}, options)
    await page.getByRole('link', { name: /Heap in use/ }).waitFor()
    expect(await axeFindings(page)).toEqual([])
    await page.goto(`${url}/#/explore?${new URLSearchParams({ q, q2: 'shop_jobs_total', list: 'on' }).toString()}`)
    await page.getByText('shop_jobs_total is a counter').waitFor()
    for (const tab of ['Graph', 'Table', 'Heat map', 'Explain']) {
      await page.getByRole('tab', { name: tab }).click()
      await page.locator('#results .card').first().waitFor()
      expect(await axeFindings(page), tab).toEqual([])
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
    expect(complaints).toEqual([])
  })
})
