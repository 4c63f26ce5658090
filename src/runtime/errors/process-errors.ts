import type { EventEmitter } from 'node:events'
import { type RejectionMode, rejectionMode } from './rejection-mode.ts'

export type UncaughtKind = 'exception' | 'rejection'

/** What the process itself tells. None of them may throw: that would change what becomes of the process. */
export interface ProcessErrorListener {
  /** `fatal`: the process is about to end by it. */
  uncaught(kind: UncaughtKind, thrown: unknown, fatal: boolean): void
  /** A rejection that was told of has been handled after all. */
  handledLate(): void
}

/** In these the rejections that nobody handles go their way whether somebody listens or not. */
const LISTENABLE: readonly RejectionMode[] = ['warn', 'none']

const listeners = new Set<ProcessErrorListener>()
let undo: (() => void) | undefined

/**
 * Tells of what nobody caught, and leaves the process's fate as it is: whether it ends, by what, and with which code.
 *
 * `uncaughtExceptionMonitor` changes nothing by itself. A listener of `unhandledRejection` does: node then takes the
 * rejection as handled. So ours is there only while the application has one of its own, or in modes where it does not matter;
 * otherwise the rejection becomes an exception, which the monitor sees. With `rejectionHandled` it is alike: node warns of it,
 * unless somebody listens, and the warning is seen.
 * @returns what ends it.
 */
export function watchProcessErrors(listener: ProcessErrorListener): () => void {
  listeners.add(listener)
  undo ??= listen(rejectionMode(process.execArgv, process.env['NODE_OPTIONS']))
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    undo?.()
    undo = undefined
  }
}

function listen(mode: RejectionMode): () => void {
  const onException = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    const caught = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()
    tell((one) => one.uncaught(origin === 'unhandledRejection' ? 'rejection' : 'exception', error, !caught))
  }
  const onRejection = (reason: unknown): void => tell((one) => one.uncaught('rejection', reason, false))
  const onHandled = (): void => tell((one) => one.handledLate())
  process.on('uncaughtExceptionMonitor', onException)
  const onWarning = ({ name }: Error): void => {
    if (name === 'PromiseRejectionHandledWarning') onHandled()
  }
  process.on('warning', onWarning)
  const undoHandled = accompany('rejectionHandled', onHandled, false)
  // The monitor sees them all: it would be told twice.
  const unaccompany =
    mode === 'strict' ? () => undefined : accompany('unhandledRejection', onRejection, LISTENABLE.includes(mode))
  return () => {
    process.off('uncaughtExceptionMonitor', onException)
    process.off('warning', onWarning)
    undoHandled()
    unaccompany()
  }
}

/** Listens always, or as long as others do. */
function accompany(
  event: 'unhandledRejection' | 'rejectionHandled',
  listener: (value: unknown) => void,
  always: boolean,
): () => void {
  // Its type knows each event by an overload of its own.
  const emitter: EventEmitter = process
  const isThere = (): boolean => emitter.listeners(event).includes(listener)
  if (always) {
    emitter.on(event, listener)
    return () => emitter.off(event, listener)
  }
  const onNew = (name: string | symbol, added: unknown): void => {
    if (name === event && added !== listener && !isThere()) emitter.on(event, listener)
  }
  const onRemoved = (name: string | symbol): void => {
    if (name === event && isThere() && emitter.listenerCount(event) === 1) emitter.off(event, listener)
  }
  if (emitter.listenerCount(event) > 0) emitter.on(event, listener)
  emitter.on('newListener', onNew)
  emitter.on('removeListener', onRemoved)
  return () => {
    emitter.off('newListener', onNew)
    emitter.off('removeListener', onRemoved)
    emitter.off(event, listener)
  }
}

function tell(what: (listener: ProcessErrorListener) => void): void {
  for (const listener of listeners) {
    try {
      what(listener)
    } catch {
      // The process is at its end, and an exception more would change how it ends.
    }
  }
}
