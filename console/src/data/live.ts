import { signal, type Signal } from '@preact/signals'
import { BASE, needsLogin } from './ask.ts'
import { Stream, type StreamState, type Tick } from './stream.ts'
import type { TabMessage, WorkerMessage } from './stream-worker.ts'
// oxlint-disable-next-line import/default -- the bundler makes its address of it
import workerUrl from './stream-worker.ts?sharedworker&url'

type Listener = (tick: Tick) => void

/** How the connection stands; the page says so when it is lost. */
export const streamState: Signal<StreamState> = signal('connecting')
/** ms since the epoch, by the server's clock: of the last tick. */
export const lastTickAt: Signal<number> = signal(0)
/** How often the connection was lost and is there again. */
export const recoveries: Signal<number> = signal(0)
/** How often the server tells, now. */
export const tickEveryMs: Signal<number> = signal(1000)

const listeners = new Map<Listener, readonly string[]>()
let isHidden = document.hidden
let tell: ((wanted: boolean, queries: readonly string[]) => void) | undefined
let isDue = false
let wasLost = false

/** Told of every tick, with the results of the queries, while the page is to be seen. Returns what ends it. */
export function listen(queries: readonly string[], listener: Listener): () => void {
  listeners.set(listener, queries)
  renew()
  return () => {
    listeners.delete(listener)
    renew()
  }
}

/** At once for all that changes within one turn. */
function renew(): void {
  if (isDue) return
  isDue = true
  queueMicrotask(() => {
    isDue = false
    tell ??= connect()
    const queries = [...new Set([...listeners.values()].flat())].sort()
    tell(!isHidden && listeners.size > 0, queries)
  })
}

document.addEventListener('visibilitychange', () => {
  isHidden = document.hidden
  renew()
})

function connect(): (wanted: boolean, queries: readonly string[]) => void {
  return typeof SharedWorker === 'undefined' ? directly() : throughWorker()
}

function throughWorker(): (wanted: boolean, queries: readonly string[]) => void {
  const worker = new SharedWorker(scriptUrl(workerUrl), { type: 'module', name: 'boxman' })
  worker.port.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => {
    if (data.kind === 'tick') take(data.tick)
    else setState(data.state)
  })
  worker.port.start()
  const send = (message: TabMessage): void => worker.port.postMessage(message)
  window.addEventListener('pagehide', () => send({ kind: 'bye' }))
  // Taken out of the browser's store of pages, it has to say again what it wants.
  window.addEventListener('pageshow', renew)
  return (wanted, queries) => send({ kind: 'want', base: BASE, wanted, queries })
}

/** Where a browser has no shared workers. */
function directly(): (wanted: boolean, queries: readonly string[]) => void {
  const stream = new Stream(BASE, {
    onTick: take,
    onState: setState,
  })
  return (wanted, queries) => stream.want(wanted, queries)
}

function setState(state: StreamState): void {
  if (state === 'refused') needsLogin.value = true
  if (state === 'lost') wasLost = true
  if (state === 'open' && wasLost) {
    wasLost = false
    recoveries.value++
  }
  streamState.value = state
}

function take(tick: Tick): void {
  lastTickAt.value = tick.at
  tickEveryMs.value = tick.everyMs
  for (const listener of listeners.keys()) listener(tick)
}

/** Of the DOM, where a browser has it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (text: string) => string },
  ): {
    createScriptURL(text: string): URL
  }
}

/** The page's policy lets scripts make an address to be run in this one place. */
function scriptUrl(url: string): string | URL {
  const address = new URL(url, BASE).href
  const { trustedTypes }: Window & { readonly trustedTypes?: TrustedTypes } = window
  return trustedTypes?.createPolicy('boxman', { createScriptURL: (text) => text }).createScriptURL(address) ?? address
}
