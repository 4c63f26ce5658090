import { createRequire } from 'node:module'
import type * as Pino from 'pino'

const require = createRequire(import.meta.url)
let loaded: typeof Pino | undefined

/** Loaded when a line needs it: it takes 5 MB, and the lines of requests do without. */
export function pinoLibrary(): typeof Pino {
  const pino: typeof Pino = (loaded ??= require('pino'))
  return pino
}

/** @throws when it is not installed: now, rather than at the first line. */
export function findPino(): void {
  require.resolve('pino')
}
