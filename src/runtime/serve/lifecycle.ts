import type { ServerResponse } from 'node:http'
import type { PathHandler } from '../api/api.ts'

export interface Lifecycle {
  /** Which of them are taken. */
  readonly enabled: { readonly reload: boolean; readonly quit: boolean }
  /** Resolves to what is wrong, if anything. */
  readonly reload: () => Promise<string | undefined>
  readonly quit: () => void
}

export const LIFECYCLE_PATHS: readonly string[] = ['/-/reload', '/-/quit']

/** `POST /-/reload` and `POST /-/quit`. */
export function lifecyclePaths({ enabled, reload, quit }: Lifecycle): PathHandler {
  return async (request, response, path) => {
    if (!LIFECYCLE_PATHS.includes(path)) return false
    if (!(path === '/-/quit' ? enabled.quit : enabled.reload)) send(response, 403, 'Lifecycle API is not enabled.')
    else if (request.method !== 'POST' && request.method !== 'PUT')
      send(response, 405, 'Only POST or PUT requests allowed')
    else if (path === '/-/quit') {
      send(response, 200, 'Requesting termination... Goodbye!')
      quit()
    } else {
      const problem = await reload()
      if (problem === undefined) send(response, 200, '')
      else send(response, 500, `failed to reload config: ${problem}`)
    }
    return true
  }
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(text === '' ? '' : `${text}\n`)
}
