import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { startClock } from '../clock.ts'
import { Histogram } from '../histogram.ts'
import { Summary } from '../summary.ts'
import type { Setting } from './setting.ts'

export function eventLoopLag(setting: Setting): void {
  const { labels, configuration } = setting
  const delays = monitorEventLoopDelay({ resolution: configuration.eventLoopMonitoringPrecision ?? 10 })
  delays.enable()
  const lag = setting.gauge(
    { name: 'nodejs_eventloop_lag_seconds', help: 'Lag of event loop in seconds.', aggregator: 'average' },
    () => {
      const elapsed = startClock()
      setImmediate(() => lag.set(labels, elapsed()))
      for (const { gauge, read } of delayGauges) gauge.set(labels, read() / 1e9)
      delays.reset()
    },
  )
  const delayGauges = (
    [
      ['min', 'The minimum recorded event loop delay.', 'min', () => delays.min],
      ['max', 'The maximum recorded event loop delay.', 'max', () => delays.max],
      ['mean', 'The mean of the recorded event loop delays.', 'average', () => delays.mean],
      ['stddev', 'The standard deviation of the recorded event loop delays.', 'average', () => delays.stddev],
      ['p50', 'The 50th percentile of the recorded event loop delays.', 'average', () => delays.percentile(50)],
      ['p90', 'The 90th percentile of the recorded event loop delays.', 'average', () => delays.percentile(90)],
      ['p99', 'The 99th percentile of the recorded event loop delays.', 'average', () => delays.percentile(99)],
    ] as const
  ).map(([what, help, aggregator, read]) => ({
    gauge: setting.gauge({ name: `nodejs_eventloop_lag_${what}_seconds`, help, aggregator }),
    read,
  }))
}

/** Share of the time that the event loop was busy, in pieces of `eventLoopUtilizationTimeout`. */
export function eventLoopUtilization(setting: Setting): void {
  const {
    eventLoopUtilizationTimeout: pieceMs = 100,
    eventLoopUtilizationBuckets: buckets = [0.01, 0.05, 0.1, 0.25, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.99, 1],
    eventLoopUtilizationPercentiles: percentiles = [0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999],
    eventLoopUtilizationAgeBuckets: ageBuckets = 5,
    eventLoopUtilizationMaxAgeSeconds: maxAgeSeconds = 60,
  } = setting.configuration
  const help =
    'Ratio of time the event loop is not idling in the event provider to the total time the event loop is running.'
  const { labels } = setting
  const summary = new Summary({
    ...setting.complete({ name: 'nodejs_eventloop_utilization_summary', help }),
    percentiles,
    ageBuckets,
    maxAgeSeconds,
  })
  const histogram = new Histogram({
    ...setting.complete({ name: 'nodejs_eventloop_utilization_histogram', help }),
    buckets,
  })
  let last = performance.eventLoopUtilization()
  let elapsed = startClock()
  setInterval(() => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    // A blocked loop counts for every piece that it was blocked for.
    const pieces = Math.round((elapsed() * 1000) / pieceMs)
    for (let i = 0; i < pieces; i++) {
      summary.observe(labels, utilization)
      histogram.observe(labels, utilization)
    }
    last = now
    elapsed = startClock()
  }, pieceMs).unref()
}
