import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AdminSources } from './app.ts'
import type { Endpoints, Reception } from './endpoints.ts'
import { LoginLinks } from './access/login-links.ts'
import { type AdminServer, close, listen, urlOf } from './server.ts'

export type AdminHandler = (request: IncomingMessage, response: ServerResponse) => void

/** The endpoints: on a server of their own, or mounted in another. */
export class Admin {
  /** Under `admin.basePath`, for another server. */
  readonly handler: AdminHandler
  readonly #sources: AdminSources
  readonly #links: LoginLinks
  #endpoints: Promise<Endpoints> | undefined
  #server: AdminServer | undefined

  constructor(sources: AdminSources) {
    const { now = () => performance.now() } = sources
    this.#sources = sources
    this.#links = new LoginLinks(now)
    this.handler = this.mount(sources.config.admin.basePath)
  }

  /** Where the endpoints' own server listens; undefined without one. */
  get url(): string | undefined {
    return this.#server === undefined ? undefined : urlOf(this.#server, this.#sources.config.admin.basePath)
  }

  /** An address that lets one person in, once, for ten minutes. Undefined where there is no server, or nobody is asked for a token or a password. */
  makeLoginLink(): string | undefined {
    const { token = [], tokens = [], basic = [] } = this.#sources.config.admin
    if (this.url === undefined || token.length + tokens.length + basic.length === 0) return undefined
    return `${this.url}/#/login?link=${this.#links.make()}`
  }

  /** A handler for requests beneath a path, such as `/ops/boxman`, of another server: it says who may reach it, and so do `admin.token` and its like. */
  mount(basePath: string): AdminHandler {
    return this.#handler({ basePath, isOwnServer: false })
  }

  /** @throws BoxmanError when the address cannot be had, ConfigError for the files of `admin.tls`. */
  async listen(): Promise<void> {
    const { config, cwd = process.cwd(), now = () => performance.now(), onFault, onRefused } = this.#sources
    const handler = this.#handler({ basePath: config.admin.basePath, isOwnServer: true })
    this.#server = await listen({ handler, config, cwd, now, onFault, onRefused })
  }

  /** Keeps the process alive from now on, which listening alone does not. */
  hold(): void {
    this.#server?.ref()
  }

  /** What answers, before the first request. */
  async load(): Promise<void> {
    await this.#loaded()
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#server?.listening === true) await close(this.#server, deadlineMs)
    this.#server = undefined
  }

  #handler(reception: Reception): AdminHandler {
    const { onFault } = this.#sources
    return (request, response) => {
      this.#answer(reception, request, response).catch((error: unknown) => {
        onFault(error)
        response.destroy()
      })
    }
  }

  /** What answers is loaded for the first request: a service starts, and may rest, without it. */
  async #answer(reception: Reception, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoints = await this.#loaded()
    await endpoints.answer(reception, request, response)
  }

  #loaded(): Promise<Endpoints> {
    this.#endpoints ??= import('./endpoints.ts').then(({ Endpoints }) => new Endpoints(this.#sources, this.#links))
    return this.#endpoints
  }
}
