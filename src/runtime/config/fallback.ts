import { REDACTED, SHAPES } from '../../logging/index.ts'
import type { Config } from './config.ts'

/** What is in force where nothing is stated. */
export const FALLBACK: Config = {
  service: 'service',
  prefix: 'bitcraps',
  constantLabels: {},
  watch: true,
  log: {
    enabled: true,
    level: 'info',
    preset: 'plain',
    limit: { enabled: true, perSecond: 100, burst: 1000, oneIn: 100 },
    tail: { enabled: true, lines: 5000, bytes: 1_048_576 },
    shipDeadlineMs: 2000,
  },
  redact: { paths: [], keys: [], allow: [], shapes: SHAPES, emails: false, replacement: REDACTED },
  admin: { enabled: true, host: '127.0.0.1', port: 9090, basePath: '', guardProbes: false, insecure: false },
  collect: { intervalMs: 5000 },
  thresholds: { memoryBytes: 200_000_000, cpuPercent: 80 },
  http: { metrics: 'media', log: true, correlation: true },
  tracing: {
    enabled: true,
    spansPerSecond: 200,
    maxSpans: 50_000,
    propagation: ['tracecontext', 'baggage'],
    requestId: false,
  },
  metrics: {
    enabled: true,
    prometheus: true,
    eventLoop: true,
    windowMs: 300_000,
    maxSeriesPerMetric: 10_000,
    exemplars: true,
    internal: false,
  },
  errors: { uncaught: true, maxGroups: 200 },
  kubernetes: { labels: 'auto' },
  health: { timeoutMs: 1000, cacheMs: 5000, findBreakers: true },
  drain: { delayMs: 5000, graceMs: 25_000 },
  store: {
    enabled: true,
    intervalMs: 15_000,
    fsync: 'interval',
    retentionMs: 86_400_000,
    maxBytes: 268_435_456,
    maxSeries: 100_000,
    outOfOrderMs: 0,
  },
  query: { timeoutMs: 120_000, concurrency: 20, maxSamples: 50_000_000 },
  ingest: { remoteWrite: false, otlp: false },
}
