import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Prometheus } from '../prometheus.ts'

/** Scrapes the page once a second for as long as this process lives. Returns what tells how long its last scrape took, ms. */
export async function scrape(binary: string, page: Uint8Array, contentType: string): Promise<() => Promise<number>> {
  const target = createServer((_, response) => {
    response.setHeader('content-type', contentType)
    response.end(page)
  }).listen(0, '127.0.0.1')
  await once(target, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = target.address() as AddressInfo
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'page', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
  }
  const prometheus = new Prometheus(binary, { config, flags: ['--enable-feature=native-histograms'] })
  await prometheus.start()
  let last = 0
  return async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 300))
      const found = await lastScrape(prometheus.url)
      if (found === undefined || found.at === last) continue
      last = found.at
      return found.tookMs
    }
  }
}

/** Undefined until there is one that went well. */
async function lastScrape(url: string): Promise<{ at: number; tookMs: number } | undefined> {
  try {
    const response = await fetch(`${url}/api/v1/targets`)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API's shape
    const { data } = (await response.json()) as {
      data: { activeTargets: { health: string; lastScrape: string; lastScrapeDuration: number }[] }
    }
    const [target] = data.activeTargets
    if (target?.health !== 'up') return undefined
    return { at: Date.parse(target.lastScrape), tookMs: target.lastScrapeDuration * 1000 }
  } catch {
    return undefined
  }
}
