import { ROOT_CONTEXT, SpanKind, type Tracer as OtelTracer, trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  type Sampler as OtelSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base'
import { Sampler, type SamplerOptions, type Span, Tracer } from 'boxman/tracing'
import type { Case } from '../case.ts'

const OTEL = '@opentelemetry/sdk-trace-base 2.12.1'
const ATTRIBUTES = {
  'http.request.method': 'GET',
  'http.route': '/bets/:id',
  'http.response.status_code': 200,
  'url.scheme': 'https',
  'network.protocol.version': '1.1',
}
const CHILDREN = 20

let handed = 0
const { timeOrigin } = performance
const now = (): number => timeOrigin + performance.now()

function ours(sampling: SamplerOptions): Tracer {
  const sampler = new Sampler(sampling)
  return new Tracer({ now, sampler, onTrace: ({ spans }) => (handed += spans.length) })
}

const keepAll = () => ours({ budget: 1e9 })
const keepNothing = () => ours({ baseRate: 0, reservoir: false })

function otel(sampler?: OtelSampler): OtelTracer {
  const processor = {
    forceFlush: async () => {},
    shutdown: async () => {},
    onStart: () => {},
    onEnd: () => void handed++,
  }
  return new BasicTracerProvider({
    spanProcessors: [processor],
    ...(sampler === undefined ? {} : { sampler }),
  }).getTracer('bench')
}

function rootsOf(make: () => Tracer) {
  return () => {
    const tracer = make()
    return (times: number) => {
      for (let i = 0; i < times; i++) tracer.startRequest('GET', { attributes: ATTRIBUTES }).end()
    }
  }
}

function otelRoots(sampler?: OtelSampler) {
  return () => {
    const tracer = otel(sampler)
    return (times: number) => {
      for (let i = 0; i < times; i++) {
        tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes: ATTRIBUTES }, ROOT_CONTEXT).end()
      }
    }
  }
}

function childrenOf(make: () => Tracer) {
  return () => {
    const tracer = make()
    let root: Span | undefined
    return (times: number) => {
      for (let i = 0; i < times; i++) {
        if (i % CHILDREN === 0 || root === undefined) {
          root?.end()
          root = tracer.startRequest('GET')
        }
        tracer.startSpan('db', { parent: root, kind: 'client', attributes: ATTRIBUTES }).end()
      }
    }
  }
}

function otelChildren(sampler?: OtelSampler) {
  return () => {
    const tracer = otel(sampler)
    let root = tracer.startSpan('GET', {}, ROOT_CONTEXT)
    let context = trace.setSpan(ROOT_CONTEXT, root)
    return (times: number) => {
      for (let i = 0; i < times; i++) {
        if (i % CHILDREN === 0) {
          root.end()
          root = tracer.startSpan('GET', {}, ROOT_CONTEXT)
          context = trace.setSpan(ROOT_CONTEXT, root)
        }
        tracer.startSpan('db', { kind: SpanKind.CLIENT, attributes: ATTRIBUTES }, context).end()
      }
    }
  }
}

export const cases: readonly Case[] = [
  {
    name: 'a request of one span with 5 attributes, kept',
    peerName: OTEL,
    unit: 'ns CPU',
    ours: rootsOf(keepAll),
    peer: otelRoots(),
  },
  {
    name: 'a request of one span with 5 attributes, not kept (the peer keeps 1 %, decided at the start)',
    peerName: OTEL,
    unit: 'ns CPU',
    ours: rootsOf(keepNothing),
    peer: otelRoots(new TraceIdRatioBasedSampler(0.01)),
  },
  {
    name: 'a span with 5 attributes within a trace of 21, kept',
    peerName: OTEL,
    unit: 'ns CPU',
    ours: childrenOf(keepAll),
    peer: otelChildren(),
  },
  {
    name: 'a span with 5 attributes within a trace of 21, not kept (the peer keeps 1 %, decided at the start)',
    peerName: OTEL,
    unit: 'ns CPU',
    ours: childrenOf(keepNothing),
    peer: otelChildren(new TraceIdRatioBasedSampler(0.01)),
  },
]
