import { type HistogramValue, LabelSet, type Queryable } from '../series/index.ts'

/** What a query gives a rule: PromQL's instant result fits. */
export type RuleAnswer =
  | {
      readonly ok: true
      readonly value:
        | {
            readonly type: 'vector'
            readonly samples: readonly { readonly labels: LabelSet; readonly value: number | HistogramValue }[]
          }
        | { readonly type: 'scalar'; readonly value: number }
        | { readonly type: 'matrix' }
        | { readonly type: 'string' }
    }
  | { readonly ok: false; readonly error: { readonly message: string } }

/** Asks at a moment, ms since the epoch. The signal ends it with a TimeoutError. */
export type RuleQuery = (expr: string, at: number, options: { readonly signal: AbortSignal }) => Promise<RuleAnswer>

/** A sample that a rule gives. */
export interface RuleSample {
  readonly labels: LabelSet
  /** Ms since the epoch. */
  readonly at: number
  readonly value: number | 'stale' | HistogramValue
}

/** What became of samples. */
export interface Appended {
  readonly refused: number
  /** Why, when some were. */
  readonly fault: string | undefined
}

/** What rules need of the house around them. */
export interface RulesHost {
  readonly query: RuleQuery
  /** Stores the samples of one rule, before the next is evaluated. */
  readonly append: (samples: readonly RuleSample[]) => Appended
  /** Finds what was stored before a restart. */
  readonly select: Queryable['select']
  readonly histogramText: (histogram: HistogramValue) => string
  /** Milliseconds that never go back, to measure evaluations by. */
  readonly monotonicNow: () => number
}

export interface VectorSample {
  readonly labels: LabelSet
  readonly value: number | HistogramValue
}

export type Asked =
  | { readonly ok: true; readonly samples: readonly VectorSample[] }
  | { readonly ok: false; readonly fault: string }

/** A query as the samples that rules work on; whatever becomes of it, it is over after `timeoutMs`. */
export async function ask(
  query: RuleQuery,
  expr: string,
  at: number,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Asked> {
  const controller = new AbortController()
  const abort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', abort)
  if (signal.aborted) abort()
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Asked>((resolve) => {
    timer = setTimeout(() => {
      resolve({ ok: false, fault: `query timed out after ${timeoutMs} ms` })
      controller.abort(new DOMException('The query timed out', 'TimeoutError'))
    }, timeoutMs)
    timer.unref()
  })
  try {
    return await Promise.race([answered(query, expr, at, controller.signal), late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

async function answered(query: RuleQuery, expr: string, at: number, signal: AbortSignal): Promise<Asked> {
  try {
    const answer = await query(expr, at, { signal })
    if (!answer.ok) return { ok: false, fault: answer.error.message }
    const { value } = answer
    if (value.type === 'vector') return { ok: true, samples: value.samples }
    if (value.type === 'scalar') return { ok: true, samples: [{ labels: LabelSet.EMPTY, value: value.value }] }
    return { ok: false, fault: 'rule result is not a vector or scalar' }
  } catch (cause) {
    return { ok: false, fault: cause instanceof Error ? cause.message : String(cause) }
  }
}
