/** What was measured at a moment, ms since the epoch. */
export interface Sample {
  readonly atMs: number
  readonly value: number
}

/** What a sample says about the time since the one before it. */
export interface Segment {
  readonly fromMs: number
  readonly toMs: number
  readonly value: number
}

export interface Lane {
  readonly title: string
  readonly unit: 'seconds' | 'percent-of-one'
  readonly description: string
  /** Where the lane is full. */
  readonly full: number
  readonly segments: readonly Segment[]
}

interface LaneKind {
  readonly title: string
  /** The end of the metric's name: a service may have a prefix of its own. */
  readonly metric: string
  readonly unit: Lane['unit']
  readonly description: string
  /** Of a counter: what it grew by in each second. */
  readonly isCounter?: boolean
  readonly scale?: number
  readonly full: number
}

const LANES: readonly LaneKind[] = [
  {
    title: 'Event loop busy',
    metric: 'event_loop_utilization_ratio',
    unit: 'percent-of-one',
    description: 'Share of the time in which the event loop was at work.',
    full: 1,
  },
  {
    title: 'Event loop lag p99',
    metric: 'event_loop_lag_p99_seconds',
    unit: 'seconds',
    description: 'How late timers were, over the minute before.',
    full: 0.1,
  },
  {
    title: 'Garbage collection',
    metric: 'gc_duration_seconds_sum',
    unit: 'percent-of-one',
    description: 'Share of the time that collections took.',
    isCounter: true,
    full: 1,
  },
  {
    title: 'CPU of the process',
    metric: 'cpu_usage_percent',
    unit: 'percent-of-one',
    description: '100 % is one core, fully used.',
    scale: 0.01,
    full: 1,
  },
]

/** A series as it was scraped. */
export interface RawSeries {
  readonly name: string
  readonly samples: readonly Sample[]
}

/** What to ask for all lanes, as they were stored, over so many seconds. */
export function lanesQuery(seconds: number): string {
  const names = LANES.map(({ metric }) => metric).join('|')
  return `{__name__=~"[a-z0-9]+_(${names})"}[${Math.ceil(seconds)}s]`
}

/** The lanes of what was stored. Several series of a metric are added up where it counts, otherwise the greatest holds. */
export function lanesOf(series: readonly RawSeries[]): readonly Lane[] {
  return LANES.flatMap(({ title, metric, unit, description, isCounter = false, scale = 1, full }): Lane[] => {
    const merged = new Map<number, number>()
    for (const { name, samples } of series) {
      if (!name.endsWith(`_${metric}`) || name.endsWith(`_machine_${metric}`)) continue
      for (const { atMs, value } of samples) {
        const before = merged.get(atMs)
        merged.set(atMs, before === undefined ? value : isCounter ? before + value : Math.max(before, value))
      }
    }
    const samples = Array.from(merged, ([atMs, value]) => ({ atMs, value })).sort((a, b) => a.atMs - b.atMs)
    if (samples.length < 2) return []
    const segments = segmentsOf(samples, isCounter).map((each) => ({ ...each, value: each.value * scale }))
    const most = Math.max(full, ...segments.map(({ value }) => value))
    return [{ title, unit, description, full: most, segments }]
  })
}

function segmentsOf(samples: readonly Sample[], isCounter: boolean): readonly Segment[] {
  return samples.flatMap(({ atMs, value }, i): Segment[] => {
    const before = samples[i - 1]
    if (before === undefined || atMs <= before.atMs) return []
    if (!isCounter) return [{ fromMs: before.atMs, toMs: atMs, value }]
    // One that has begun anew has grown from nothing.
    const grown = value >= before.value ? value - before.value : value
    return [{ fromMs: before.atMs, toMs: atMs, value: (grown * 1000) / (atMs - before.atMs) }]
  })
}

/** Those that reach into a stretch of time. */
export function within(segments: readonly Segment[], fromMs: number, toMs: number): readonly Segment[] {
  return segments.filter((each) => each.toMs > fromMs && each.fromMs < toMs)
}

/** How far apart the values are, ms: half of them at most. Undefined: there are too few. */
export function resolutionOf(lanes: readonly Lane[]): number | undefined {
  const apart = lanes.flatMap(({ segments }) => segments.map(({ fromMs, toMs }) => toMs - fromMs)).sort((a, b) => a - b)
  return apart[Math.floor(apart.length / 2)]
}
