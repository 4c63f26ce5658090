import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { defineAlerting, defineRules } from '../../src/alerting/index.ts'
import { type Boxman, createBoxman } from '../../src/runtime/index.ts'
import { axeFindings, openBrowser, visit, type Visit } from '../support/browser.ts'
import { serve, type Served } from '../support/serve.ts'

const skipped: string[] = []
let browser: Browser | undefined
let boxman: Boxman
let hook: Served
/** What the webhook was told. */
const told: string[] = []

/** The name of what has the focus. */
const FOCUSED =
  '(({ ariaLabel, labels, textContent }) => ariaLabel ?? labels?.[0]?.textContent ?? textContent)(document.activeElement)'

const RULES = defineRules([
  {
    name: 'queue',
    interval: '1s',
    rules: [
      {
        alert: 'QueueStuck',
        expr: 'vector(7) > 5',
        labels: { severity: 'critical', team: 'db' },
        annotations: { summary: '7 wait', runbook_url: 'https://example.org/runbooks/queue' },
      },
      { alert: 'Slow', expr: 'vector(3) > 2', labels: { severity: 'warning', team: 'web' } },
      { alert: 'Soon', expr: 'vector(1) == 1', for: '1h', labels: { severity: 'info' } },
    ],
  },
])

beforeAll(async () => {
  try {
    browser = await openBrowser((reason) => {
      throw new Error(reason)
    })
  } catch (error) {
    skipped.push(String(error))
    return
  }
  hook = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      told.push(body)
      response.end()
    })
  })
  const config = defineAlerting({
    boxman: {
      escalations: [{ name: 'ladder', steps: [{ after: '1h', receiver: 'boss' }] }],
      schedules: [{ name: 'week', rotations: [{ people: ['ann', 'bob'], startsAt: '2026-01-05', shift: '1w' }] }],
    },
    route: { receiver: 'ops', groupWait: '1s', groupBy: ['alertname'], boxman: { escalation: 'ladder' } },
    receivers: [
      { name: 'ops', webhookConfigs: [{ url: hook.url.href }], boxman: { schedule: 'week' } },
      { name: 'boss', webhookConfigs: [{ url: hook.url.href }] },
    ],
  })
  boxman = await createBoxman({
    service: 'shop',
    admin: { port: 0 },
    log: { level: 'error' },
    store: { intervalMs: 1000 },
    alerting: { config },
  })
  await boxman.rules?.define('shop', RULES)
  await vi.waitUntil(() => told.length > 1, { timeout: 20_000 })
})

afterAll(async () => {
  await browser?.close()
  await boxman?.stop()
  hook?.close()
})

async function opened(query: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  if (browser === undefined) throw new Error(skipped.join())
  const visitor = await visit(browser, options)
  await visitor.page.goto(`${boxman.admin.url}/#/alerts${query}`)
  return visitor
}

const rowOf = (page: Page, name: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('button', { name, exact: true }) })

describe('the page of alerts', () => {
  it('shows what fires, the worst first, and why', async (context) => {
    if (browser === undefined) context.skip(skipped.join())
    const { page, complaints } = await opened('')
    await page.getByText('2 firing, 1 pending').waitFor()
    expect(await page.locator('.alert-name').allTextContents()).toEqual(['QueueStuck', 'Slow', 'Soon'])
    await page.getByRole('button', { name: 'QueueStuck' }).click()
    const drawer = page.getByRole('dialog', { name: 'QueueStuck' })
    await expect.poll(() => drawer.locator('.threshold').textContent()).toBe('> 5')
    await drawer.getByText('Goes to ops').waitFor()
    await drawer.getByText(/boss is told in \d+ min/).waitFor()
    await drawer.getByRole('link', { name: 'https://example.org/runbooks/queue' }).waitFor()
    await drawer.getByText('first: 1 firing, 0 resolved').waitFor()
    await page.reload()
    await drawer.getByText('Goes to ops').waitFor()
    await page.keyboard.press('Escape')
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    expect(page.url()).not.toContain('alert=')
    expect(complaints).toEqual([])
  })

  it('lets the keyboard alone acknowledge', async (context) => {
    if (browser === undefined) context.skip(skipped.join())
    const { page, complaints } = await opened('')
    await page.getByText('2 firing').waitFor()
    const reach = async (name: string): Promise<void> => {
      for (let i = 0; i < 60; i++) {
        const now = await page.evaluate<string | undefined>(FOCUSED)
        if (now === name) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`Tab does not lead to ${name}`)
    }
    await reach('Slow')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Slow' }).waitFor()
    await reach('Your name')
    await page.keyboard.type('ann')
    await reach('Acknowledge')
    await page.keyboard.press('Enter')
    await page.locator('.acknowledged').getByText('Acknowledged by ann until').waitFor()
    await page.keyboard.press('Escape')
    await rowOf(page, 'Slow').getByText('acknowledged by ann').waitFor()
    // Back where it was.
    await expect.poll(() => page.evaluate<string>('document.activeElement?.textContent')).toBe('Slow')
    expect(complaints).toEqual([])
  })

  it('silences what it previews, extends and expires it', async (context) => {
    if (browser === undefined) context.skip(skipped.join())
    const { page, complaints } = await opened('')
    await page.getByRole('button', { name: 'QueueStuck' }).click()
    await page.getByRole('button', { name: 'Silence…' }).click()
    const form = page.getByRole('dialog', { name: 'New silence' })
    await form.getByText('1 alert now; all that QueueStuck can give').waitFor()
    await form.getByRole('button', { name: 'Remove alertname' }).click()
    await form.getByRole('button', { name: 'Remove severity' }).click()
    await page.reload()
    expect(await form.getByRole('textbox', { name: 'Label 1' }).inputValue()).toBe('team')
    await form.getByRole('textbox', { name: 'Value 1' }).fill('d.')
    await form.getByText('No alert that is there now').waitFor()
    await form.getByRole('combobox', { name: 'Comparison 1' }).selectOption('=~')
    await form.getByText('1 alert now').waitFor()
    await form.getByRole('button', { name: '1 h', exact: true }).click()
    await form.getByLabel('Your name').fill('bob')
    await form.getByLabel('Reason').fill('upgrade')
    await form.getByRole('button', { name: 'Silence', exact: true }).click()
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0)
    await page.getByText(/ends in (?:59 min|1 h)/).waitFor()
    await page.getByRole('button', { name: 'An hour longer' }).click()
    await page.getByText(/ends in 1 h 5\d min|ends in 2 h/).waitFor()
    await page.getByRole('link', { name: 'Firing' }).click()
    await rowOf(page, 'QueueStuck').getByText('silenced').waitFor()
    await page.getByRole('link', { name: 'Silences' }).click()
    await page.getByRole('button', { name: /^Expire/ }).click()
    await page.getByText('Nothing is silenced').waitFor()
    expect(complaints).toEqual([])
  })

  it('tests a channel, and says who would be told', async (context) => {
    if (browser === undefined) context.skip(skipped.join())
    const { page, complaints } = await opened('?tab=channels')
    const before = told.length
    await page.getByRole('button', { name: 'Test boss/webhook[0]' }).click()
    await page.getByText('the test was delivered').waitFor()
    expect(told.slice(before).some((body) => body.includes('BoxmanTest'))).toBe(true)
    await page.getByRole('textbox', { name: 'Labels of an alert' }).fill('severity=page team="db"')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.getByText('ops, escalated by ladder').waitFor()
    await page.getByRole('link', { name: 'On call' }).click()
    await page.getByText('Used by ops.').waitFor()
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('searchbox', { name: 'Find decisions' }).fill('no such words')
    await page.getByText('Nothing was decided in this time').waitFor()
    await page.getByRole('searchbox', { name: 'Find decisions' }).fill('')
    await page.getByRole('combobox', { name: 'Verdict' }).selectOption('sent')
    await expect.poll(() => page.locator('.decisions li').count()).toBeGreaterThan(1)
    expect(complaints).toEqual([])
  })

  it('tries a rule over the past', async (context) => {
    if (browser === undefined) context.skip(skipped.join())
    const { page, complaints } = await opened('?tab=rules&from=now-5m')
    await page.getByRole('button', { name: 'Try a rule over the past' }).click()
    const form = page.getByRole('form', { name: 'The rule to try' })
    await form.getByLabel('Expression').fill('vector(1) > 0')
    await form.getByLabel('For').fill('1m')
    await page.reload()
    await form.getByRole('button', { name: 'Try', exact: true }).click()
    await page.getByText(/NewAlert would have fired once, longest [34]m/).waitFor()
    await page.getByRole('img', { name: /When it would have fired: 20/ }).waitFor()
    await page.getByText('As YAML').click()
    await page.getByText('alert: NewAlert').waitFor()
    expect(complaints).toEqual([])
  })

  it.each([
    ['light', 1400],
    ['dark', 1400],
    ['light', 390],
    ['dark', 390],
  ] as const)('is clean for axe, and no wider than the window: %s, %i px', async (colorScheme, width) => {
    if (browser === undefined) return
    const { page } = await opened('', { colorScheme, viewport: { width, height: 900 }, bypassCSP: true })
    await page.getByText('2 firing').waitFor()
    for (const [query, text] of [
      ['', '2 firing'],
      ['?tab=rules&try=new&rule=queue%2FSlow', 'over the time range'],
      ['?tab=silences&form=silence&m=%5B%5B%22team%22%2C1%2C0%2C%22db%22%5D%5D', '1 alert now'],
      ['?tab=channels', 'Who would be told'],
      ['?tab=on-call', 'Used by ops'],
      ['?tab=history', 'first: 1 firing'],
    ] as const) {
      await page.goto(`${boxman.admin.url}/#/alerts${query}`)
      await page.getByText(text).first().waitFor()
      expect([query, await axeFindings(page)]).toEqual([query, []])
      const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
      expect([query, over]).toEqual([query, 0])
    }
  })
})

it('without alerting the rules are shown, and how people are told', async (context) => {
  if (browser === undefined) context.skip(skipped.join())
  const other = await createBoxman({ service: 'quiet', admin: { port: 0 }, log: { level: 'error' } })
  try {
    const { page, complaints } = await visit(browser as Browser)
    await page.goto(`${other.admin.url}/#/alerts?tab=channels`)
    await page.getByText('Nobody is told of alerts').waitFor()
    await page.getByRole('link', { name: 'Rules' }).click()
    await page.getByText('There are no rules').waitFor()
    expect(complaints).toEqual([])
  } finally {
    await other.stop()
  }
})

it('who may only read sees no button that fails', async (context) => {
  if (browser === undefined) context.skip(skipped.join())
  const other = await createBoxman({
    service: 'read',
    admin: { port: 0, tokens: [{ token: 'a-token-to-read-with', scopes: ['read'] }] },
    log: { level: 'error' },
    alerting: {
      config: defineAlerting({
        route: { receiver: 'ops' },
        receivers: [{ name: 'ops', webhookConfigs: [{ url: hook.url.href }] }],
      }),
    },
  })
  await other.rules?.define('shop', RULES)
  try {
    const { page } = await visit(browser as Browser)
    await page.goto(`${other.admin.url}/#/alerts?tab=channels`)
    await page.getByLabel('Token').fill('a-token-to-read-with')
    await page.keyboard.press('Enter')
    await page.getByText('webhook').first().waitFor()
    expect(await page.getByRole('button', { name: 'Test ops/webhook[0]' }).count()).toBe(0)
    await page.getByRole('link', { name: 'Silences' }).click()
    await page.getByText('Nothing is silenced').waitFor()
    expect(await page.getByRole('button', { name: 'New silence' }).count()).toBe(0)
  } finally {
    await other.stop()
  }
})
