import type { Case, Rows } from './case.ts'

/** Every suite by its name, loaded when it is asked for. */
export const SUITES: Readonly<Record<string, () => Promise<readonly Case[] | Rows>>> = {
  'metrics/record': async () => (await import('./metrics/record.ts')).cases,
  'metrics/page': async () => (await import('./metrics/page.ts')).cases,
  'metrics/threads': async () => (await import('./metrics/threads.ts')).cases,
  'metrics/cluster': async () => (await import('./metrics/cluster.ts')).cases,
  'metrics/memory': async () => (await import('./metrics/memory.ts')).cases,
  'metrics/off': async () => (await import('./metrics/off.ts')).cases,
  'metrics/window': async () => (await import('./metrics/window.ts')).cases,
  'alerting/serve': async () => (await import('./alerting/serve.ts')).rows,
  'alerting/dispatch': async () => (await import('./alerting/dispatch.ts')).cases,
  'tsdb/store': async () => (await import('./tsdb/store.ts')).cases,
  'tsdb/receive': async () => (await import('./tsdb/receive.ts')).cases,
  'prom-client/drop-in': async () => (await import('./prom-client/drop-in.ts')).cases,
  'wire/page': async () => (await import('./wire/page.ts')).cases,
  'logging/lines': async () => (await import('./logging/lines.ts')).cases,
  'logging/shipping': async () => (await import('./logging/shipping.ts')).rows,
  'tracing/span': async () => (await import('./tracing/span.ts')).cases,
  'runtime/own-scrape': async () => (await import('./runtime/own-scrape.ts')).cases,
  'promql/query': async () => (await import('./promql/query.ts')).cases,
  'http/requests': async () => (await import('./http/requests.ts')).rows,
  'console/host': async () => (await import('./console/host.ts')).rows,
  'http/footprint': async () => (await import('./http/footprint.ts')).rows,
}
