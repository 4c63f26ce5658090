import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AdminSources } from './app.ts'
import type { Endpoints } from './endpoints.ts'
import { close, listen, urlOf } from './server.ts'

export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => void

/** The endpoints: on a server of their own, or mounted in another. */
export class Admin {
  /** Under `admin.basePath`. */
  readonly handler: AdminHandler
  readonly #sources: AdminSources
  #endpoints: Promise<Endpoints> | undefined
  #server: Server | undefined

  constructor(sources: AdminSources) {
    this.#sources = sources
    this.handler = this.mount(sources.config.admin.basePath)
  }

  /** Where the endpoints' own server listens; undefined without one. */
  get url(): string | undefined {
    return this.#server === undefined ? undefined : urlOf(this.#server, this.#sources.config.admin.basePath)
  }

  /** A handler for requests beneath a path, such as `/ops/boxman`. */
  mount(basePath: string): AdminHandler {
    const { onFault } = this.#sources
    return (request, response) => {
      this.#answer(basePath, request, response).catch((error: unknown) => {
        onFault(error)
        response.destroy()
      })
    }
  }

  /** What answers is loaded for the first request: a service starts, and may rest, without it. */
  async #answer(basePath: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#endpoints ??= import('./endpoints.ts').then(({ Endpoints }) => new Endpoints(this.#sources))
    const endpoints = await this.#endpoints
    await endpoints.answer(basePath, request, response)
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
