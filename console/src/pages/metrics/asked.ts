import type { Unit } from 'boxman/packs'
import type { FrameQuery } from '../../data/frames.ts'

/** As `/api/v1/metadata` has it. */
export interface Metric {
  readonly name: string
  readonly type: string
  readonly help: string
  /** Of a histogram: whether it is stored as native alone. */
  readonly isNative?: boolean
}

export interface Asked {
  readonly title: string
  readonly unit: Unit
  readonly queries: readonly FrameQuery[]
}

const WINDOW = '$__rate_interval'
/** Of values that cannot be added up. */
const MEANS = /_(?:ratio|percent|seconds|celsius|rate|status|active|timestamp|p_value)$|_percent_|_lag_/

/** What is worth a look of a metric, by its type: of a counter its rate, of a histogram its quantiles, of a gauge its value. */
export function askedOf({ name, type, isNative }: Metric, by = '', value?: string): Asked {
  const series = `${name}${matcherOf(by, value)}`
  switch (type) {
    case 'counter':
      return {
        title: 'Rate',
        unit: rateUnit(name),
        queries: [{ expr: `${sum(by)} (rate(${series}[${WINDOW}]))`, ...legend(by) }],
      }
    case 'histogram':
    case 'gaugehistogram': {
      const unit = valueUnit(name)
      const quantile = (of: number): FrameQuery => ({
        expr: `histogram_quantile(${of}, ${bucketRate({ name, isNative: isNative ?? false }, by, value)})`,
        legend: `${by === '' ? '' : `{{${by}}} `}p${of * 100}`,
      })
      return { title: 'Quantiles', unit, queries: [quantile(0.5), quantile(0.95), quantile(0.99)] }
    }
    default: {
      if (by === '') return { title: 'Value', unit: valueUnit(name), queries: [{ expr: series }] }
      const how = MEANS.test(name) ? 'avg' : 'sum'
      return {
        title: how === 'avg' ? 'Mean' : 'Sum',
        unit: valueUnit(name),
        queries: [{ expr: `${how} by (${by}) (${series})`, ...legend(by) }],
      }
    }
  }
}

/** How many observations a second. */
export function observations({ name, isNative = false }: Metric, by = ''): Asked {
  const rate = isNative
    ? `histogram_count(${sum(by)} (rate(${name}[${WINDOW}])))`
    : `${sum(by)} (rate(${name}_count[${WINDOW}]))`
  return { title: 'Observations', unit: 'per-second', queries: [{ expr: rate, ...legend(by) }] }
}

/** The buckets over time. */
export function bucketRate(
  { name, isNative = false }: Pick<Metric, 'name' | 'isNative'>,
  by = '',
  value?: string,
): string {
  const matcher = matcherOf(by, value)
  return isNative
    ? `${sum(by)} (rate(${name}${matcher}[${WINDOW}]))`
    : `${sum(by === '' ? 'le' : `${by}, le`)} (rate(${name}_bucket${matcher}[${WINDOW}]))`
}

/** What the values of a metric are of, by its name. */
export function valueUnit(name: string): Unit {
  if (/_timestamp(?:_seconds)?$/.test(name)) return 'timestamp'
  if (/_seconds(?:_total)?$/.test(name)) return 'seconds'
  if (/_ms$|_milliseconds$/.test(name)) return 'milliseconds'
  if (/_bytes(?:_total)?$/.test(name)) return 'bytes'
  if (/_ratio$|_hit_rate$|_p_value$/.test(name)) return 'percent-of-one'
  return name.endsWith('_celsius') ? 'celsius' : 'short'
}

function rateUnit(name: string): Unit {
  if (/_bytes(?:_total)?$/.test(name)) return 'bytes-per-second'
  // Seconds a second: a share of the time.
  if (/_seconds(?:_total)?$/.test(name)) return 'percent-of-one'
  return /requests/.test(name) ? 'requests-per-second' : 'per-second'
}

function sum(by: string): string {
  return by === '' ? 'sum' : `sum by (${by})`
}

function legend(by: string): Pick<FrameQuery, 'legend'> {
  return by === '' ? { legend: 'all' } : { legend: `{{${by}}}` }
}

function matcherOf(by: string, value: string | undefined): string {
  return by === '' || value === undefined ? '' : `{${by}=${JSON.stringify(value)}}`
}
