import type { Environment } from '../config/resolve.ts'
import type { ServeOptions } from './options.ts'
import type { Server } from './serve.ts'

/** Loaded when it is wanted: a service has no use for it. @throws ConfigError, BoxmanError saying what to do; nothing is left running then. */
export async function createServer(options: ServeOptions, env?: Environment): Promise<Server> {
  const serve = await import('./serve.ts')
  return await serve.createServer(options, env)
}
