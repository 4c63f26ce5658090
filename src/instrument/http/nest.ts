import type { HttpOptions } from './exchange.ts'
import { type ExpressApp, instrumentExpress } from './express.ts'
import { type FastifyApp, instrumentFastify } from './fastify.ts'

/** What is used of an application of Nest, on its Express or its Fastify adapter. */
export interface NestApp {
  getHttpAdapter(): { getType(): string; getInstance(): unknown }
}

/**
 * Measures every request of an application by its adapter. To be called before `init()` and `listen()`.
 * @returns the undo; that of Fastify is the end of its server.
 * @throws TypeError when the adapter is neither of the two.
 */
export function instrumentNest(app: NestApp, options: HttpOptions): () => void {
  const adapter = app.getHttpAdapter()
  const instance = adapter.getInstance()
  const type = adapter.getType()
  if (type === 'express' && isExpress(instance)) return instrumentExpress(instance, options)
  if (type === 'fastify' && isFastify(instance)) {
    instrumentFastify(instance, options)
    return () => undefined
  }
  throw new TypeError(`Nest's HTTP adapter '${type}' is not known here: it is to be 'express' or 'fastify'`)
}

const isExpress = (value: unknown): value is ExpressApp => typeof value === 'function' && 'enabled' in value
const isFastify = (value: unknown): value is FastifyApp =>
  typeof value === 'object' && value !== null && 'addHook' in value && 'server' in value
