import { median, type Row, type Rows } from '../case.ts'
import { type Burst, inBursts } from './bursts.ts'
import { saturated } from './saturation.ts'
import type { Framework, Variant } from './variant.ts'

const FRAMEWORKS: Readonly<Record<Framework, string>> = {
  node: 'node:http',
  fastify: 'Fastify 5',
  express: 'Express 5',
}

interface Level {
  readonly ours: Variant
  readonly what: string
  readonly peer: Variant
  readonly peerName: string
}

const LEVELS: readonly Level[] = [
  { ours: 'metrics', what: 'metrics', peer: 'prom-client', peerName: 'prom-client 15.1.3' },
  {
    ours: 'traces',
    what: 'metrics + correlation + spans + tail sampling',
    peer: 'opentelemetry',
    peerName: 'OpenTelemetry SDK 2.12, 1 % sampled (spans alone)',
  },
  {
    ours: 'logs',
    what: 'metrics + correlation + spans + tail sampling + JSON access log',
    peer: 'pino-http',
    peerName: 'pino-http 11, or the logger of Fastify (log alone)',
  },
]

/** Less than can be told from nothing: a peer that seems to cost no more than that is taken to cost so much. */
const GRAIN_US = 0.1

/** The cost of a request: in CPU beyond that of a bare server, and in answers against a bare server's. */
export const rows: Rows = async function* (processes) {
  for (const framework of ['node', 'fastify', 'express'] as const) {
    yield* inCpu(FRAMEWORKS[framework], await inBursts(framework, processes))
    yield* inAnswers(FRAMEWORKS[framework], await saturated(framework, processes))
  }
}

type Line = Omit<Row, 'bench' | 'ratio'>

function* inCpu(framework: string, bursts: ReadonlyMap<Variant, Burst>): Iterable<Line> {
  const cpu = (variant: Variant) => bursts.get(variant)?.cpuUs ?? NaN
  const bare = cpu('bare')
  for (const { ours, what, peer, peerName } of LEVELS) {
    const name = `${framework}, ${what}`
    yield {
      case: `${name}: extra CPU a request`,
      ours: cpu(ours) - bare,
      peer: Math.max(GRAIN_US, cpu(peer) - bare),
      peerName,
      unit: 'us CPU',
      better: 'lower',
    }
    yield {
      case: `${name}: CPU a request`,
      ours: cpu(ours),
      peer: bare,
      peerName: 'bare',
      unit: 'us CPU',
      better: 'lower',
    }
    yield {
      case: `${name}: answers in bursts, against bare`,
      ours: bursts.get(ours)?.throughput ?? NaN,
      peer: 1,
      peerName: 'bare',
      unit: 'of bare',
      better: 'higher',
    }
  }
}

/** Nothing where there is no wrk. */
function* inAnswers(framework: string, rates: ReadonlyMap<Variant, readonly number[]>): Iterable<Line> {
  const bare = rates.get('bare') ?? []
  for (const { ours, what, peer, peerName } of LEVELS) {
    for (const [variant, name] of [
      [ours, `${framework}, ${what}: throughput under wrk`],
      [peer, `${framework}, ${peerName}: throughput under wrk`],
    ] as const) {
      const own = rates.get(variant)
      if (own === undefined) continue
      // Of one round each: the machine may be faster in the next.
      const ratio = median(own.map((rate, i) => rate / (bare[i] ?? NaN)))
      const peerRate = median(bare)
      yield {
        case: name,
        ours: ratio * peerRate,
        peer: peerRate,
        peerName: 'bare',
        unit: 'requests/s',
        better: 'higher',
      }
    }
  }
}
