export type Framework = 'node' | 'fastify' | 'express'

/** `metrics`, `traces` and `logs` are ours, each with all of those before it. */
export type Variant = 'bare' | 'metrics' | 'traces' | 'logs' | 'prom-client' | 'opentelemetry' | 'pino-http'

export const VARIANTS: readonly Variant[] = [
  'bare',
  'metrics',
  'traces',
  'logs',
  'prom-client',
  'opentelemetry',
  'pino-http',
]
