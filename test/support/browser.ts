import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { needPeer } from './peer.ts'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Debian's Chromium. A missing one skips the test. */
export function openBrowser(skip: (reason: string) => never): Promise<Browser> {
  return chromium.launch({ executablePath: needPeer('chromium', skip), args: FLAGS })
}

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** What the page complained of: errors in its console, scripts that threw, requests that were refused. */
  readonly complaints: string[]
}

/** A window of its own, with what goes wrong in it written down. */
export async function visit(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`)
  })
  return { page, context, complaints }
}

/** What axe finds on the page: the rule, and where. The page must have been opened with `bypassCSP`. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}\n${failureSummary}`),
  )
}
