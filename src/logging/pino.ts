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

const EPOCH = ',"time":'

/** The system's time, ms since the epoch: of a logger that has been given no clock. */
export function systemTime(): number {
  return Number(pinoLibrary().stdTimeFunctions.epochTime().slice(EPOCH.length))
}

/** An error as an object: type, message and stack with those of its causes, and what else it has. */
export function errorFields(error: Error): Record<string, unknown> {
  try {
    return { ...pinoLibrary().stdSerializers.err(error) }
  } catch {
    // pino marks an error while it reads it, and a frozen one cannot be marked.
    return { type: error.name, message: error.message, stack: error.stack }
  }
}
