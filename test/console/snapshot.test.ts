import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Boxman, createBoxman } from '../../src/runtime/index.ts'
import { axeFindings, openBrowser, visit, type Visit } from '../support/browser.ts'

const SECRET = 'hunter2hunter2'
const EVIL = '<script>window.evil = 1</script><img src=x onerror="window.evil = 1">'
const folder = mkdtempSync(path.join(tmpdir(), 'boxman-snapshot-'))
const DESKTOP = { width: 1400, height: 900 }
const PHONE = { width: 390, height: 844 }

let boxman: Boxman
let browser: Browser | undefined
/** What `curl -o` would have kept. */
let file = ''

beforeAll(async () => {
  boxman = await createBoxman(
    { service: 'wallet', admin: { port: 0 } },
    { env: {}, cwd: folder, logDestination: { write: () => true } },
  )
  for (const id of ['a', 'b', 'c']) {
    boxman.request({ route: '/bets/:id', method: 'POST' }, (scope) => {
      scope.setStatus(id === 'c' ? 500 : 200)
    })
    boxman.logger(EVIL).warn({ password: SECRET, note: EVIL }, `lost ${EVIL} token=${SECRET}`)
  }
  boxman.node.errors.record(new Error(`cannot ${EVIL}`))
  // Scraped once at least, so that there is something to be drawn.
  const stored = async (): Promise<boolean> => {
    const result = await boxman.query('{__name__="http_requests_total"} or bitcraps_memory_usage_bytes')
    return result.ok && result.value.type === 'vector' && result.value.samples.length > 0
  }
  while (!(await stored())) await setTimeout(200)
  file = path.join(folder, 'incident.html')
  writeFileSync(file, await (await fetch(`${boxman.admin.url}/api/console/snapshot`)).text())
})
afterAll(async () => {
  await browser?.close()
  await boxman.stop()
})

const opened = async (skip: (reason: string) => never): Promise<Browser> => (browser ??= await openBrowser(skip))

/** The file, from the disk and without a network. */
async function fromDisk(own: Browser, options: BrowserContextOptions = {}): Promise<Visit & { asked: string[] }> {
  const visited = await visit(own, { offline: true, ...options })
  const asked: string[] = []
  visited.page.on('request', (request) => asked.push(request.url()))
  await visited.page.goto(pathToFileURL(file).href)
  return { ...visited, asked }
}

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

describe('the file of a snapshot', () => {
  it('opens from the disk, offline, and asks for nothing', async ({ skip }) => {
    const { page, context, complaints, asked } = await fromDisk(await opened(skip), { viewport: DESKTOP })
    await page.getByRole('heading', { level: 1, name: 'wallet' }).waitFor()
    const overview = part(page, 'Overview')
    expect(await overview.getByRole('img').count(), await overview.innerText()).toBeGreaterThan(3)
    expect(await overview.locator('svg.plot path.l').count()).toBeGreaterThan(3)
    await part(page, 'Traces').locator('summary').first().waitFor()
    // Its own style is the one that its policy lets through.
    expect(await page.evaluate(`getComputedStyle(document.querySelector('.card')).borderRadius`)).toBe('8px')
    expect(asked).toEqual([pathToFileURL(file).href])
    expect(complaints).toEqual([])
    await context.close()
  })

  it('shows what was planted as text, and no secret', async ({ skip }) => {
    const { page, context, complaints } = await fromDisk(await opened(skip))
    const lines = part(page, 'Logs').locator('.lines li')
    await lines
      .filter({ hasText: `lost ${EVIL}` })
      .first()
      .waitFor()
    expect(await page.locator('script, img').count()).toBe(0)
    expect(await page.evaluate('window.evil')).toBeUndefined()
    expect(readFileSync(file, 'utf8')).not.toContain(SECRET)
    expect(complaints).toEqual([])
    await context.close()
  })

  it('prints what is folded, too', async ({ skip }) => {
    const { page, context } = await fromDisk(await opened(skip))
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await part(page, 'Configuration').getByText('admin.port').waitFor()
    expect(await page.evaluate('getComputedStyle(document.body).color')).toBe('rgb(22, 32, 43)')
    await context.close()
  })

  it.each([
    ['light', DESKTOP],
    ['dark', DESKTOP],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)('axe finds nothing in the %s at %o, and nothing sticks out', async (colorScheme, viewport) => {
    const own = await opened((reason) => {
      throw new Error(reason)
    })
    const { page, context } = await fromDisk(own, { viewport, colorScheme, bypassCSP: true })
    await page.evaluate(`document.querySelectorAll('details').forEach((each) => { each.open = true })`)
    expect(await axeFindings(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(viewport.width)
    await context.close()
  })
})

describe('the console', () => {
  it('saves the range of the page, from its head and from the palette', async ({ skip }) => {
    const { page, context, complaints } = await visit(await opened(skip), { timezoneId: 'Asia/Kolkata' })
    const to = Date.UTC(2026, 10, 22, 6, 30)
    await page.goto(`${boxman.admin.url}/#/logs?from=${to - 3_600_000}&to=${to}`)
    const [first] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Snapshot: save this range as a file' }).click(),
    ])
    expect(first.suggestedFilename()).toBe('boxman-wallet-2026-11-22T06-30Z.html')
    const saved = readFileSync(await first.path(), 'utf8')
    expect(saved).toContain('2026-11-22 11:00:00 to 2026-11-22 12:00:00')
    // Browsers have the one name or the other.
    expect(/Asia\/(?:Kolkata|Calcutta) \(UTC\+05:30\)/.exec(saved)).not.toBeNull()
    const [second] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await page.keyboard.press('Control+k')
        await page.getByRole('combobox', { name: 'Go to' }).fill('snap')
        await page.keyboard.press('Enter')
      })(),
    ])
    expect(second.suggestedFilename()).toBe('boxman-wallet-2026-11-22T06-30Z.html')
    expect(complaints).toEqual([])
    await context.close()
  })
})
