import { getRequestListener } from '@hono/node-server'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { type AdminSources, createAdminApp, HEADERS } from './app.ts'
import { placeOf } from './mount.ts'
import { close, listen, urlOf } from './server.ts'

export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => void

/** The endpoints: on a server of their own, or mounted in another. */
export class Admin {
  /** Under `admin.basePath`. */
  readonly handler: AdminHandler
  readonly #sources: AdminSources
  readonly #app: ReturnType<typeof createAdminApp>
  #server: Server | undefined

  constructor(sources: AdminSources) {
    this.#sources = sources
    this.#app = createAdminApp(sources)
    this.handler = this.mount(sources.config.admin.basePath)
  }

  /** Where the endpoints' own server listens; undefined without one. */
  get url(): string | undefined {
    return this.#server === undefined ? undefined : urlOf(this.#server, this.#sources.config.admin.basePath)
  }

  /** A handler for requests beneath a path, such as `/ops/boxman`. */
  mount(basePath: string): AdminHandler {
    const { onFault } = this.#sources
    const options = {
      // The host's globals are the host's.
      overrideGlobalObjects: false,
      // For a client of HTTP/1.0, which names no host.
      hostname: 'localhost',
    }
    return (request, response) => {
      const answer = (web: Request): Response | Promise<Response> => {
        const place = placeOf(request, basePath)
        if (place !== undefined) return this.#app.fetch(web, { ...place, request, response })
        return new Response(`the endpoints are at ${basePath}/\n`, { status: 404, headers: HEADERS })
      }
      getRequestListener(answer, options)(request, response).catch((error: unknown) => {
        onFault(error)
        response.destroy()
      })
    }
  }

  /** @throws BoxmanError when the address cannot be had. */
  async listen(): Promise<void> {
    const { host, port } = this.#sources.config.admin
    this.#server = await listen(this.handler, host, port)
  }

  /** Keeps the process alive from now on, which listening alone does not. */
  hold(): void {
    this.#server?.ref()
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#server?.listening === true) await close(this.#server, deadlineMs)
    this.#server = undefined
  }
}
