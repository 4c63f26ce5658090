/** One end of a line between two processes: `process` in a forked one; a `ChildProcess` or a cluster's `Worker` at the other. */
export interface Channel {
  send?: ((message: object, sent: (error: Error | null) => void) => unknown) | undefined
  on: (event: 'message' | 'disconnect', listener: (message: unknown) => void) => unknown
  off: (event: 'message' | 'disconnect', listener: (message: unknown) => void) => unknown
  readonly connected?: boolean
}

/** Sends, if it can; `failed` is told when it cannot. Never throws. */
export function trySend(channel: Channel, message: object, failed: () => void): void {
  if (channel.send === undefined || channel.connected === false) {
    failed()
    return
  }
  try {
    // With a callback an error is its affair; else it would be an 'error' event, which ends the process.
    channel.send(message, (error) => {
      if (error !== null) failed()
    })
  } catch {
    failed()
  }
}

interface Ref {
  ref: () => void
  unref: () => void
}

interface Counted {
  readonly channel: Ref
  on: (event: 'newListener' | 'removeListener', listener: (name: unknown) => void) => unknown
  off: (event: 'newListener' | 'removeListener', listener: (name: unknown) => void) => unknown
  listenerCount: (event: string) => number
}

/**
 * Listens. In a forked process whoever listens to messages keeps the process alive; this listener does not: it counts the
 * others, and lets go of the channel while there are none.
 * @returns the end of it.
 */
export function listenQuietly(channel: Channel, listener: (message: unknown) => void): () => void {
  channel.on('message', listener)
  if (!isCounted(channel)) {
    return () => {
      channel.off('message', listener)
    }
  }
  const { channel: line } = channel
  const settle = (): void => {
    if (channel.listenerCount('message') + channel.listenerCount('disconnect') > 1) line.ref()
    else line.unref()
  }
  const added = (name: unknown): void => {
    if (name === 'message' || name === 'disconnect') line.ref()
  }
  const removed = (name: unknown): void => {
    if (name === 'message' || name === 'disconnect') settle()
  }
  channel.on('newListener', added)
  channel.on('removeListener', removed)
  settle()
  return () => {
    channel.off('newListener', added)
    channel.off('removeListener', removed)
    channel.off('message', listener)
    if (channel.listenerCount('message') + channel.listenerCount('disconnect') === 0) line.unref()
  }
}

/** A forked process's own end, as Node counts who listens to it. */
function isCounted(channel: object): channel is Channel & Counted {
  if (!('channel' in channel && 'listenerCount' in channel)) return false
  const { channel: line } = channel
  return typeof line === 'object' && line !== null && 'ref' in line && 'unref' in line
}
