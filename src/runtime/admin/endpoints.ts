import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type AdminSources, createAdminApp, HEADERS } from './app.ts'
import { placeOf } from './mount.ts'

const OPTIONS = {
  // The host's globals are the host's.
  overrideGlobalObjects: false,
  // For a client of HTTP/1.0, which names no host.
  hostname: 'localhost',
}

/** What answers the requests to the admin server, or to where it is mounted. */
export class Endpoints {
  readonly #app: ReturnType<typeof createAdminApp>

  constructor(sources: AdminSources) {
    this.#app = createAdminApp(sources)
  }

  answer(basePath: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = (web: Request): Response | Promise<Response> => {
      const place = placeOf(request, basePath)
      if (place !== undefined) return this.#app.fetch(web, { ...place, request, response })
      return new Response(`the endpoints are at ${basePath}/\n`, { status: 404, headers: HEADERS })
    }
    return getRequestListener(answer, OPTIONS)(request, response)
  }
}
