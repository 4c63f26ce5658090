import type { QueryOptions, QueryResult } from '../../promql/index.ts'
import { type Answer, dataAnswer, TRUNCATED } from './answer.ts'
import type { ApiContext, ApiRequest } from './context.ts'
import { ApiFault, failBadData, failParameter } from './fault.ts'
import type { Parameters } from './parameters.ts'
import { queryData, type TimeGrid, truncated } from './query-value.ts'
import { deadline } from './query-gate.ts'

const MAX_STEPS = 11_000

export function instantQuery(context: ApiContext, request: ApiRequest): Promise<Answer> {
  const { parameters } = request
  const limit = parameters.limit()
  const at = parameters.timeOr('time', context.sources.now())
  const timeoutMs = parameters.durationOf('timeout')
  const options = queryOptions(parameters)
  const text = parameters.text('query')
  const run: Run = (signal) => context.sources.engine.instant(text, at, { ...options, signal })
  return answered(context, request, { limit, timeoutMs, run, grid: undefined })
}

export function rangeQuery(context: ApiContext, request: ApiRequest): Promise<Answer> {
  const { parameters } = request
  const limit = parameters.limit()
  const [start, end] = [parameters.time('start'), parameters.time('end')]
  if (end < start) failParameter('end', 'end timestamp must not be before start time')
  const step = parameters.duration('step')
  if (!(step > 0)) {
    failParameter('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer')
  }
  if (Math.floor((end - start) / step) > MAX_STEPS) {
    failBadData(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    )
  }
  if (step < 1) failParameter('step', 'steps shorter than a millisecond are not accepted')
  const timeoutMs = parameters.durationOf('timeout')
  const options = queryOptions(parameters)
  const text = parameters.text('query')
  const whole = Math.floor(step)
  const run: Run = (signal) => context.sources.engine.range(text, start, end, whole, { ...options, signal })
  const grid = { start, step: whole, count: Math.floor((end - start) / whole) + 1 }
  return answered(context, request, { limit, timeoutMs, run, grid })
}

function queryOptions(parameters: Parameters): Pick<QueryOptions, 'lookbackMs'> {
  const text = parameters.text('lookback_delta')
  if (text === '') return {}
  const lookbackMs = parameters.lookback()
  // As in Prometheus, what is no time means the default.
  return lookbackMs > 0 ? { lookbackMs } : {}
}

type Run = (signal: AbortSignal) => Promise<QueryResult>

interface Asked {
  readonly limit: number
  readonly timeoutMs: number | undefined
  readonly run: Run
  readonly grid: TimeGrid | undefined
}

async function answered(
  context: ApiContext,
  request: ApiRequest,
  { limit, timeoutMs, run, grid }: Asked,
): Promise<Answer> {
  const { gate, limits } = context
  const { signal, clear } = deadline(Math.min(limits.timeoutMs, timeoutMs ?? Infinity), request.signal)
  try {
    const { waitedMs, leave } = await gate.enter(signal)
    const since = performance.now()
    try {
      const result = await run(signal)
      if (!result.ok) throw new ApiFault(result.error.kind, result.error.message)
      const { value, cut } = truncated(result.value, limit)
      const warnings = cut ? [...result.warnings, TRUNCATED] : result.warnings
      const stats = request.parameters.text('stats')
      const more = stats === '' ? '' : statsText(result, waitedMs, performance.now() - since)
      return dataAnswer(queryData(value, grid, more), warnings, result.infos)
    } finally {
      leave()
    }
  } finally {
    clear()
  }
}

/** Times are in seconds. */
function statsText(
  { samples, peakSamples }: { readonly samples: number; readonly peakSamples: number },
  waitedMs: number,
  tookMs: number,
): string {
  const took = tookMs / 1000
  const timings = {
    evalTotalTime: took,
    resultSortTime: 0,
    queryPreparationTime: 0,
    innerEvalTime: took,
    execQueueTime: waitedMs / 1000,
    execTotalTime: (tookMs + waitedMs) / 1000,
  }
  return `,"stats":${JSON.stringify({ timings, samples: { totalQueryableSamples: samples, peakSamples } })}`
}
