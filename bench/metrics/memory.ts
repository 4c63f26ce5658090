import { expose, Registry } from 'boxman/metrics'
import { against, type Case, type ReadCase, type Reading } from '../case.ts'
import { eachClient, type PromClient } from './clients.ts'
import { bytesInUse, collectGarbage } from '../heap.ts'
import { latency, pair, requests, triple } from './traffic.ts'

const SERIES = 50_000

/** Bytes a series of what this makes and returns. */
function bytesASeries(make: () => unknown): Reading {
  return () => async () => {
    await collectGarbage()
    const before = bytesInUse()
    const held = await make()
    await collectGarbage()
    const bytes = bytesInUse() - before
    // Alive until here.
    return held === undefined ? NaN : bytes / SERIES
  }
}

function ourCounter(): Registry {
  const registry = new Registry({ maxSeriesPerMetric: SERIES })
  const counter = registry.counter(requests)
  for (let i = 0; i < SERIES; i++) counter.inc(triple(i))
  return registry
}

function ourHistogram(): Registry {
  const registry = new Registry({ maxSeriesPerMetric: SERIES })
  const histogram = registry.histogram(latency)
  for (let i = 0; i < SERIES; i++) histogram.observe(pair(i), 0.07)
  return registry
}

function theirCounter(client: PromClient): unknown {
  const counter = new client.Counter({ ...requests, registers: [new client.Registry()] })
  for (let i = 0; i < SERIES; i++) counter.inc({ ...triple(i) })
  return counter
}

function theirHistogram(client: PromClient): unknown {
  const histogram = new client.Histogram({ ...latency, registers: [new client.Registry()] })
  for (let i = 0; i < SERIES; i++) histogram.observe({ ...pair(i) }, 0.07)
  return histogram
}

/** With what a page leaves behind to make the next one quickly. */
async function afterAPage(registry: Registry): Promise<unknown> {
  for await (const _ of expose(registry).body);
  return registry
}

export const cases: readonly Case[] = [
  ...against<ReadCase>(
    { name: 'memory a counter series (3 labels)', unit: 'bytes', ours: bytesASeries(ourCounter) },
    eachClient((client) => bytesASeries(() => theirCounter(client))),
  ),
  ...against<ReadCase>(
    { name: 'memory a histogram series (2 labels and 11 buckets)', unit: 'bytes', ours: bytesASeries(ourHistogram) },
    eachClient((client) => bytesASeries(() => theirHistogram(client))),
  ),
  ...against<ReadCase>(
    {
      name: 'memory a counter series (3 labels), after a page',
      unit: 'bytes',
      ours: bytesASeries(async () => afterAPage(ourCounter())),
    },
    eachClient((client) => bytesASeries(() => theirCounter(client))),
  ),
  ...against<ReadCase>(
    {
      name: 'memory a histogram series (2 labels and 11 buckets), after a page',
      unit: 'bytes',
      ours: bytesASeries(async () => afterAPage(ourHistogram())),
    },
    eachClient((client) => bytesASeries(() => theirHistogram(client))),
  ),
]
