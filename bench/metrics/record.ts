import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { Registry } from 'boxman/metrics'
import { against, type Case, type Contender, type TimedCase } from '../case.ts'
import { eachClient, type PromClient } from './clients.ts'
import { latency, requests, triple } from './traffic.ts'

const OTEL = '@opentelemetry/sdk-metrics 2.12.1'
const UNINLINED = ['--no-turbo-inlining']

/** 500 label triples, in a fixed scrambled order, so that no contender profits from going round in order. */
const TRIPLES = Array.from({ length: 500 }, (_, i) => triple(i))
const ORDER = Uint16Array.from({ length: 4096 }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % TRIPLES.length)
const PICKED = Array.from(ORDER, (i) => TRIPLES[i] ?? triple(0))
const LAST = PICKED.length - 1
const FIRST_TRIPLE = triple(0)
/** One for each place in ORDER: in every bucket, and the branches unforeseeable. */
const DURATIONS = Float64Array.from(ORDER, (i) => 0.002 * 1.0197 ** i)

const open = { name: 'open', help: 'Open.', labelNames: ['method', 'route'] as const }
const ourCounter = () => new Registry().counter(requests)
const ourHistogram = () => new Registry().histogram(latency)
const peerCounter = (client: PromClient) => new client.Counter({ ...requests, registers: [new client.Registry()] })
const peerHistogram = (client: PromClient) => new client.Histogram({ ...latency, registers: [new client.Registry()] })

class NoReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
const meter = () => new MeterProvider({ readers: [new NoReader()] }).getMeter('bench')
const otelHistogram = () =>
  meter().createHistogram(latency.name, { advice: { explicitBucketBoundaries: latency.buckets } })

/** What is there to be had: a cell without a name, a guard or a registry. */
class RawCell {
  readonly #page: Float64Array
  readonly #at: number

  constructor(page: Float64Array, at: number) {
    this.#page = page
    this.#at = at
  }

  inc(by = 1): void {
    this.#page[this.#at] = (this.#page[this.#at] ?? 0) + by
  }
}
const RAW = 'a raw Float64Array cell'

// No two contenders share a loop: it would be compiled for both, and fit neither.

const UNLABELLED = {
  unit: 'ns CPU',
  ours: () => {
    const counter = new Registry().counter({ name: 'bets_total', help: 'Bets.' })
    return (times: number) => {
      for (let i = 0; i < times; i++) counter.inc()
    }
  },
} as const
const UNLABELLED_PEERS: Record<string, Contender> = {
  ...eachClient((client) => () => {
    const counter = new client.Counter({ name: 'bets_total', help: 'Bets.', registers: [new client.Registry()] })
    return (times) => {
      for (let i = 0; i < times; i++) counter.inc()
    }
  }),
  [RAW]: () => {
    const cell = new RawCell(new Float64Array(4), 0)
    return (times) => {
      for (let i = 0; i < times; i++) cell.inc()
    }
  },
}

const BOUND = {
  unit: 'ns CPU',
  ours: () => {
    const counter = ourCounter()
    const children = PICKED.map((values) => counter.labels(values))
    return (times: number) => {
      for (let i = 0; i < times; i++) children[i & LAST]?.inc()
    }
  },
} as const
const BOUND_PEERS: Record<string, Contender> = {
  ...eachClient((client) => () => {
    const counter = peerCounter(client)
    const children = PICKED.map((values) => counter.labels({ ...values }))
    return (times) => {
      for (let i = 0; i < times; i++) children[i & LAST]?.inc()
    }
  }),
  [RAW]: () => {
    const page = new Float64Array(TRIPLES.length)
    const cells = TRIPLES.map((_, i) => new RawCell(page, i))
    const picked = Array.from(ORDER, (i) => cells[i])
    return (times) => {
      for (let i = 0; i < times; i++) picked[i & LAST]?.inc()
    }
  },
}

export const cases: readonly Case[] = [
  ...against<TimedCase>({ name: 'unlabelled inc()', ...UNLABELLED }, UNLABELLED_PEERS),
  ...against<TimedCase>({ name: 'unlabelled inc(), un-inlined', ...UNLABELLED, flags: UNINLINED }, UNLABELLED_PEERS),
  ...against<TimedCase>(
    {
      name: 'inc({3 labels}), 500 series, fresh object',
      unit: 'ns CPU',
      ours: () => {
        const counter = ourCounter()
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
            counter.inc({ method, route, status })
          }
        }
      },
    },
    {
      ...eachClient((client) => () => {
        const counter = peerCounter(client)
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
            counter.inc({ method, route, status })
          }
        }
      }),
      [OTEL]: () => {
        const counter = meter().createCounter(requests.name)
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
            counter.add(1, { method, route, status })
          }
        }
      },
    },
  ),
  ...against<TimedCase>(
    {
      name: 'inc({3 labels}), 500 series, route cut from a longer text, status a number',
      unit: 'ns CPU',
      ours: () => {
        const counter = ourCounter()
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
            counter.inc({ method, route: `${route}?x`.slice(0, -2), status: Number(status) })
          }
        }
      },
    },
    eachClient((client) => () => {
      const counter = peerCounter(client)
      return (times) => {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
          counter.inc({ method, route: `${route}?x`.slice(0, -2), status: Number(status) })
        }
      }
    }),
  ),
  ...against<TimedCase>(
    {
      name: 'labels(m, r, s).inc() each time',
      unit: 'ns CPU',
      ours: () => {
        const counter = ourCounter()
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
            counter.labels(method, route, status).inc()
          }
        }
      },
    },
    eachClient((client) => () => {
      const counter = peerCounter(client)
      return (times) => {
        for (let i = 0; i < times; i++) {
          const { method, route, status } = PICKED[i & LAST] ?? FIRST_TRIPLE
          counter.labels(method, route, status).inc()
        }
      }
    }),
  ),
  ...against<TimedCase>({ name: 'bound child inc()', ...BOUND }, BOUND_PEERS),
  ...against<TimedCase>({ name: 'bound child inc(), un-inlined', ...BOUND, flags: UNINLINED }, BOUND_PEERS),
  ...against<TimedCase>(
    {
      name: 'observe({2 labels}, v), 11 buckets',
      unit: 'ns CPU',
      ours: () => {
        const histogram = ourHistogram()
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route } = PICKED[i & LAST] ?? FIRST_TRIPLE
            histogram.observe({ method, route }, 0.07)
          }
        }
      },
    },
    {
      ...eachClient((client) => () => {
        const histogram = peerHistogram(client)
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route } = PICKED[i & LAST] ?? FIRST_TRIPLE
            histogram.observe({ method, route }, 0.07)
          }
        }
      }),
      [OTEL]: () => {
        const histogram = otelHistogram()
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route } = PICKED[i & LAST] ?? FIRST_TRIPLE
            histogram.record(0.07, { method, route })
          }
        }
      },
    },
  ),
  ...against<TimedCase>(
    {
      name: 'bound observe(v), 11 buckets',
      unit: 'ns CPU',
      ours: () => {
        const histogram = ourHistogram()
        const children = PICKED.map(({ method, route }) => histogram.labels({ method, route }))
        return (times) => {
          for (let i = 0; i < times; i++) children[i & LAST]?.observe(DURATIONS[i & LAST] ?? 0)
        }
      },
    },
    eachClient((client) => () => {
      const histogram = peerHistogram(client)
      const children = PICKED.map(({ method, route }) => histogram.labels({ method, route }))
      return (times) => {
        for (let i = 0; i < times; i++) children[i & LAST]?.observe(DURATIONS[i & LAST] ?? 0)
      }
    }),
  ),
  ...against<TimedCase>(
    {
      name: 'gauge set({2 labels}, v)',
      unit: 'ns CPU',
      ours: () => {
        const gauge = new Registry().gauge(open)
        return (times) => {
          for (let i = 0; i < times; i++) {
            const { method, route } = PICKED[i & LAST] ?? FIRST_TRIPLE
            gauge.set({ method, route }, 3)
          }
        }
      },
    },
    eachClient((client) => () => {
      const gauge = new client.Gauge({ ...open, registers: [new client.Registry()] })
      return (times) => {
        for (let i = 0; i < times; i++) {
          const { method, route } = PICKED[i & LAST] ?? FIRST_TRIPLE
          gauge.set({ method, route }, 3)
        }
      }
    }),
  ),
]
