import { Registry } from '../registry.ts'
import { serveMetrics } from './serve-metrics.ts'

export type Command =
  | { readonly do: 'count'; readonly times: number }
  | { readonly do: 'hammer' }
  | { readonly do: 'garbage' }
  | { readonly do: 'leave' }

/** A process that counts as it is told to, and tells when it has. */
const registry = new Registry({ now: () => 1_000_000 })
const counter = registry.counter({ name: 'hits_total', help: 'Hits.' })
const labels = ['', '"\\\n', '\ud800', '\ufeffx', '🎲', '__proto__']
const labelled = registry.counter({ name: 'rolls_total', help: 'Rolls.', labelNames: ['l'] })
const wait = registry.histogram({ name: 'wait_seconds', help: 'Wait.', buckets: [0.5] })
registry.gauge({ name: 'open', help: 'Open.', collect: (gauge) => gauge.set(2) })
const serving = serveMetrics(registry)

function count(times: number): void {
  for (let i = 0; i < times; i++) {
    counter.inc()
    if (i % 100 === 0) labelled.inc({ l: labels[(i / 100) % labels.length] ?? '' })
    if (i % 100 === 0) wait.observe((i / 100) & 1)
  }
}

function obey(command: Command): void {
  switch (command.do) {
    case 'count':
      count(command.times)
      break
    case 'hammer':
      setImmediate(function again() {
        count(1000)
        setImmediate(again)
      })
      break
    case 'garbage':
      for (const id of [0, 1, 2, 'x', null]) {
        for (const numbers of ['', '!', new Uint8Array(3), null, {}]) {
          for (const layout of [[], [1, 1, 1], [1, 1e9, 1], [-1, NaN, 0], [1], 'x', { length: 3 }]) {
            for (const changes of [
              [],
              [[1, {}, []]],
              [[1, null, [[0, 1]]]],
              null,
              [null],
              [[1, { kind: 'x' }, [[]]]],
            ]) {
              process.send?.({ boxman: 'metrics/rows', id, base: '', state: 's', layout, changes, numbers })
            }
          }
        }
      }
      for (const boxman of ['metrics/rows', 'metrics/pull', 'metrics/hello', 'metrics/x', 7]) process.send?.({ boxman })
      break
    case 'leave':
      serving.close()
      process.disconnect()
      return
  }
  process.send?.({ done: command.do })
}

process.on('message', (message) => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test's own, but for what is ours
  if (typeof message === 'object' && message !== null && 'do' in message) obey(message as Command)
})
