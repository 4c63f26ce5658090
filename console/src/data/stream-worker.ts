import { Stream, type StreamState, type Tick } from './stream.ts'

/** What a tab says: what it wants to be told, or that it goes. */
export type TabMessage =
  | { readonly kind: 'want'; readonly base: string; readonly wanted: boolean; readonly queries: readonly string[] }
  | { readonly kind: 'bye' }

export type WorkerMessage =
  | { readonly kind: 'tick'; readonly tick: Tick }
  | { readonly kind: 'state'; readonly state: StreamState }

interface Tab {
  wanted: boolean
  queries: ReadonlySet<string>
}

const tabs = new Map<MessagePort, Tab>()
let stream: Stream | undefined
let state: StreamState = 'connecting'

/** One stream for all tabs of the browser: a server is asked by six connections of it at most. */
function streamOf(base: string): Stream {
  stream ??= new Stream(base, {
    onTick: (tick) => {
      for (const [port, { wanted, queries }] of tabs) {
        if (!wanted) continue
        const results = Object.fromEntries(Object.entries(tick.results).filter(([query]) => queries.has(query)))
        send(port, { kind: 'tick', tick: { ...tick, results } })
      }
    },
    onState: (next) => {
      state = next
      for (const port of tabs.keys()) send(port, { kind: 'state', state })
    },
  })
  return stream
}

function send(port: MessagePort, message: WorkerMessage): void {
  port.postMessage(message)
}

let latest = ''

function update(base: string): void {
  latest = base
  const wanting = [...tabs.values()].filter(({ wanted }) => wanted)
  streamOf(base).want(wanting.length > 0, [...new Set(wanting.flatMap(({ queries }) => [...queries]))].sort())
}

self.addEventListener('connect', (event) => {
  const [port] = event instanceof MessageEvent ? event.ports : []
  if (port === undefined) return
  tabs.set(port, { wanted: false, queries: new Set() })
  port.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    switch (data.kind) {
      case 'want':
        tabs.set(port, { wanted: data.wanted, queries: new Set(data.queries) })
        update(data.base)
        break
      case 'bye':
        tabs.delete(port)
        update(latest)
    }
  })
  port.start()
  send(port, { kind: 'state', state })
})
