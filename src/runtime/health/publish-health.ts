import type { CheckOutcome, Health } from '../../health/index.ts'
import { BREAKER_STATES, type BreakerReading } from '../../instrument/index.ts'
import type { LabelledHistogram, Registry } from '../../metrics/index.ts'

const VALUES: Readonly<Record<Exclude<CheckOutcome, 'pending'>, number>> = { pass: 1, warn: 0.5, fail: 0 }
const BUCKETS = [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** What every check came to, and whether all in all the service is ready. */
export function publishHealth(registry: Registry, health: Pick<Health, 'results' | 'readiness'>): void {
  let shown = new Set<string>()
  registry.gauge({
    name: 'boxman_health_check_status',
    help: 'What a check came to: 1 passes, 0.5 warns, 0 fails; absent while it has not been run.',
    labelNames: ['check'],
    collect: (gauge) => {
      const known = new Set<string>()
      for (const { name: check, outcome } of health.results()) {
        if (outcome === 'pending') continue
        gauge.set({ check }, VALUES[outcome])
        known.add(check)
      }
      for (const check of shown) if (!known.has(check)) gauge.remove({ check })
      shown = known
    },
  })
  registry.gauge({
    name: 'boxman_health_ready',
    help: 'Whether the service is ready for traffic.',
    collect: (gauge) => gauge.set(health.readiness().status === 'fail' ? 0 : 1),
  })
}

/** To be told of every run. */
export function checkDurations(registry: Registry): LabelledHistogram<'check'> {
  return registry.histogram({
    name: 'boxman_health_check_duration_seconds',
    help: 'How long the runs of a check took.',
    labelNames: ['check'],
    buckets: BUCKETS,
  })
}

/** The states of circuit breakers as `circuit_breaker_*`. */
export function publishBreakers(registry: Registry, read: () => readonly BreakerReading[]): void {
  let shown = new Set<string>()
  registry.gauge({
    name: 'circuit_breaker_state',
    help: '1 for the state that a circuit breaker is in, the worst where several have one name.',
    labelNames: ['breaker', 'state'],
    collect: (gauge) => {
      const readings = read()
      for (const { name: breaker, state: current } of readings) {
        for (const state of BREAKER_STATES) gauge.set({ breaker, state }, state === current ? 1 : 0)
      }
      const known = new Set(readings.map(({ name }) => name))
      for (const breaker of shown) if (!known.has(breaker)) gauge.remove({ breaker })
      shown = known
    },
  })
  const published = new Map<string, number>()
  registry.counter({
    name: 'circuit_breaker_opened_total',
    help: 'How often a circuit breaker has opened.',
    labelNames: ['breaker'],
    collect: (counter) => {
      const readings = new Map(read().map(({ name, opened }) => [name, opened]))
      for (const [breaker, opened] of readings) {
        counter.inc({ breaker }, Math.max(0, opened - (published.get(breaker) ?? 0)))
        published.set(breaker, opened)
      }
      for (const breaker of published.keys()) {
        if (readings.has(breaker)) continue
        counter.remove({ breaker })
        published.delete(breaker)
      }
    },
  })
}
