import diagnostics from 'node:diagnostics_channel'
import type { Fuse } from './fuse.ts'

/** A message has the shape that its library gives it: one that breaks its word is a fault like any other. */
type Told = ReturnType<typeof JSON.parse>

/** Listens to a channel until the undo is called, or the fuse blows. */
export function listen(name: string, fuse: Fuse, listener: (message: Told) => void): () => void {
  const guardedListener = (message: unknown): void => {
    fuse.run(() => listener(message))
  }
  diagnostics.subscribe(name, guardedListener)
  return () => {
    diagnostics.unsubscribe(name, guardedListener)
  }
}
