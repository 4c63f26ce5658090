import type { CheckOptions } from '../options.ts'
import { type ReadyMade, settings } from './common.ts'

export interface HttpCheckOptions extends ReadyMade {
  readonly url: string | URL
  /** Default GET. */
  readonly method?: 'GET' | 'HEAD' | 'OPTIONS'
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses that are well; default 200 to 299. */
  readonly statuses?: readonly number[]
  /** What asks; default the global one. */
  readonly fetch?: typeof globalThis.fetch
}

/** Passes when the URL answers with a status that is well. Redirections are not followed; the body is not read. */
export function httpCheck(options: HttpCheckOptions): CheckOptions {
  const { method = 'GET', headers = {}, statuses, fetch = globalThis.fetch } = options
  const url = new URL(options.url)
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`HTTP check: ${url.protocol} is neither http: nor https:`)
  return {
    ...settings(options, `http:${url.host}`),
    run: async (signal) => {
      const { status, body } = await ask(fetch, url, { method, headers, redirect: 'manual', signal })
      await body?.cancel()
      const well = statuses === undefined ? status >= 200 && status <= 299 : statuses.includes(status)
      if (!well) throw new Error(`${url.origin} answered ${status}`)
      return `HTTP ${status}`
    },
  }
}

/** What is wrong stands in the cause of what `fetch` throws. */
async function ask(fetch: typeof globalThis.fetch, url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
  } catch (error) {
    throw error instanceof TypeError && error.cause instanceof Error ? error.cause : error
  }
}
