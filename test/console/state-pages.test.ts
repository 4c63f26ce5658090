import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Boxman, type ConfigInput, createBoxman } from '../../src/runtime/index.ts'
import { axeFindings, openBrowser, type Visit, visit } from '../support/browser.ts'

const SOON = { timeout: 30_000 }
const PAGES: readonly (readonly [page: string, there: RegExp])[] = [
  ['errors', /wallet \d+ has 3 of 10 chips/],
  ['health', /3 signing keys/],
  ['system', /Memory of the process/],
  ['cost', /Series in the history/],
  ['config', /Who may do what/],
]

class Overdrawn extends Error {
  override readonly name = 'Overdrawn'
}

let browser: Browser | undefined
let why = ''
const undo: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  try {
    browser = await openBrowser((reason) => {
      throw new Error(reason)
    })
  } catch (error) {
    why = String(error)
  }
})

afterAll(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
  await browser?.close()
})

/** A service with an error in it, some checks and a circuit breaker. */
async function start(admin: ConfigInput['admin'] & object = {}): Promise<Boxman> {
  const boxman = await createBoxman(
    {
      service: 'shop',
      environment: 'staging',
      admin: { port: 0, ...admin },
      store: { intervalMs: 1000 },
      thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 },
    },
    {
      env: {},
      cwd: mkdtempSync(path.join(tmpdir(), 'boxman-console-')),
      logDestination: { write: () => undefined },
    },
  )
  undo.push(() => boxman.stop())
  boxman.health.check({ name: 'keys', critical: true, run: () => '3 signing keys' })
  boxman.health.check({
    name: 'db',
    run: () => {
      throw new Error('connect ECONNREFUSED')
    },
  })
  boxman.instrument.breaker(() => 'open', { name: 'billing' })
  for (const wallet of [7, 8, 9]) {
    boxman.node.errors.record(new Overdrawn(`wallet ${wallet} has 3 of 10 chips`), { category: 'gaming' })
  }
  return boxman
}

async function open(boxman: Boxman, place: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  if (browser === undefined) throw new Error(why)
  const visited = await visit(browser, { viewport: { width: 1400, height: 1000 }, ...options })
  undo.push(() => visited.context.close())
  await visited.page.goto(`${boxman.admin.url}/#/${place}`)
  return visited
}

describe('the pages of the console about the state of a service', () => {
  it('open with data, have no fault that axe knows, in dark and light, wide and narrow, and complain of nothing', async ({
    skip,
  }) => {
    if (browser === undefined) return skip(why)
    const boxman = await start()
    for (const colorScheme of ['dark', 'light'] as const) {
      for (const width of [1400, 390]) {
        const viewport = { width, height: 1000 }
        const { page, complaints } = await open(boxman, 'errors', { viewport, colorScheme, bypassCSP: true })
        for (const [name, there] of PAGES) {
          await page.goto(`${boxman.admin.url}/#/${name}`)
          await expect.poll(() => page.locator('main').innerText(), SOON).toMatch(there)
          expect.soft(await axeFindings(page), `${name} ${colorScheme} ${width}`).toEqual([])
          const beyond = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
          expect.soft(beyond, `${name} ${width}: scrolls sideways`).toBeLessThanOrEqual(0)
        }
        expect(complaints).toEqual([])
        await page.close()
      }
    }
  }, 240_000)

  it('show what they hold though what comes above it pushes it out of sight before it is there', async ({ skip }) => {
    if (browser === undefined) return skip(why)
    const boxman = await start()
    const { page } = await open(boxman, 'errors', { viewport: { width: 390, height: 1000 } })
    const above = page.getByRole('region', { name: 'Steps', exact: true })
    // As on a slow machine: what is further down is answered after what is above it has been drawn.
    await page.route('**/api/v1/query', async (route) => {
      const query = new URLSearchParams(route.request().postData() ?? '').get('query')
      if (query === 'boxman_tsdb_series') {
        await above.waitFor(SOON)
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
      }
      await route.continue().catch(() => undefined)
    })
    // Paused, so that no tick brings it.
    await page.goto(`${boxman.admin.url}/#/cost?live=off`)
    await above.waitFor(SOON)
    await expect.poll(() => page.locator('main').innerText(), SOON).toMatch(/Series in the history/)
  }, 90_000)

  it('keep their state in the address, and say nothing against the policy', async ({ skip }) => {
    if (browser === undefined) return skip(why)
    const boxman = await start()
    boxman.node.errors.record({ category: 'consensus', message: 'no quorum in 5 s' })
    const { page, complaints } = await open(boxman, 'errors')
    const shown = (): Promise<string> => page.locator('main').innerText()
    await page.getByLabel('Search').fill('quorum')
    await expect.poll(shown, SOON).toMatch(/1 of 2 groups/)
    await page.reload()
    await expect.poll(shown, SOON).toMatch(/1 of 2 groups/)
    expect(await page.getByLabel('Search').inputValue()).toBe('quorum')

    await page.getByLabel('Search').fill('')
    await page.getByRole('link', { name: 'Overdrawn' }).click()
    await expect.poll(shown, SOON).toMatch(/What is known/)
    expect(page.url()).toMatch(/#\/errors\/[0-9a-f]{16}/)
    await page.reload()
    await expect.poll(shown, SOON).toMatch(/wallet \d has 3 of 10 chips/)
    expect(await page.locator('.frame-own').count()).toBeGreaterThan(0)

    await page.goto(`${boxman.admin.url}/#/health`)
    await page.locator('.check-name', { hasText: 'keys' }).click()
    await page.getByRole('button', { name: 'In full' }).last().click()
    await expect.poll(shown, SOON).toMatch(/\[\+\]keys ok: 3 signing keys/)
    await page.reload()
    await expect.poll(shown, SOON).toMatch(/\[-\]db failed, which only degrades/)
    await expect.poll(shown, SOON).toMatch(/How long runs of keys take/)
    await expect.poll(shown, SOON).toMatch(/ready, degraded/)
    await expect.poll(shown, SOON).toMatch(/billing\s+open/)
    expect(complaints).toEqual([])
  }, 120_000)

  it('an error that comes is there without a reload', async ({ skip }) => {
    if (browser === undefined) return skip(why)
    const boxman = await start()
    const { page } = await open(boxman, 'errors')
    await expect.poll(() => page.locator('main').innerText(), SOON).toMatch(/Overdrawn/)
    boxman.node.errors.record({ category: 'consensus', message: 'no quorum in 5 s' })
    await expect.poll(() => page.locator('main').innerText(), SOON).toMatch(/no quorum in 5 s/)
  }, 60_000)

  it('an operator changes a value, is told what is wrong with another, and takes it back', async ({ skip }) => {
    if (browser === undefined) return skip(why)
    const boxman = await start()
    const { page, complaints } = await open(boxman, 'config?q=log.level')
    await page.getByRole('button', { name: 'Change log.level', exact: true }).click()
    const field = page.getByLabel('New value of log.level')
    await field.fill('loud')
    await page.getByRole('button', { name: 'Apply' }).click()
    await expect.poll(() => page.getByRole('alert').innerText(), SOON).toMatch(/log\.level: expected .* given "?'?loud/)
    expect(boxman.config.log.level).toBe('info')
    // What was refused is told by the browser too.
    expect(complaints.splice(0).every((line) => line.includes('422'))).toBe(true)

    await field.fill('debug')
    await field.press('Enter')
    await expect.poll(() => boxman.config.log.level, SOON).toBe('debug')
    await expect.poll(() => page.locator('.config-changed').innerText(), SOON).toMatch(/debug[^]*changed/)
    await expect.poll(() => page.locator('.config-recent').innerText(), SOON).toMatch(/log\.level\s+info → debug/)

    await page.getByRole('button', { name: 'Take all changes back' }).click()
    await expect.poll(() => boxman.config.log.level, SOON).toBe('info')
    await expect.poll(() => page.locator('.config-changed').count(), SOON).toBe(0)
    expect(complaints).toEqual([])
  }, 120_000)

  it('who may only read sees no button that would fail, and no secret', async ({ skip }) => {
    if (browser === undefined) return skip(why)
    const boxman = await start({
      basic: [{ user: 'ann', password: 'a-long-password', scopes: ['read', 'metrics'] }],
      tokens: [{ name: 'deploy', token: 'a-token-that-is-long', scopes: ['operate'] }],
    })
    const { page } = await open(boxman, 'config?show=all&edit=log.level')
    await page.getByRole('button', { name: 'With a name and a password' }).click()
    await page.getByLabel('Name').fill('ann')
    await page.getByLabel('Password').fill('a-long-password')
    await page.keyboard.press('Enter')
    const shown = (): Promise<string> => page.locator('main').innerText()
    await expect.poll(shown, SOON).toMatch(/You, ann, may:\s+read\s+metrics|You, ann, may:\s+metrics\s+read/)
    expect(await shown()).toMatch(/deploy\s+token\s+operate/)
    expect(await page.getByRole('button', { name: /^Change/ }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Apply' }).count()).toBe(0)
    expect(await page.content()).not.toMatch(/a-long-password|a-token-that-is-long/)
  }, 60_000)
})
