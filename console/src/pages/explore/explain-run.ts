import { askJson, isAbort, reasonOf } from '../../data/ask.ts'
import type { Answer, QueryData } from '../../data/prometheus.ts'
import type { Labels } from '../../data/series.ts'
import type { Part } from './explain-tree.ts'
import { deepestFirst } from './explain-tree.ts'

/** What a part of a query came to by itself. */
export type Outcome =
  | {
      readonly series: readonly Labels[]
      /** As the server took it. */
      readonly seconds: number
      readonly samples: number
      readonly remarks: readonly string[]
    }
  | { readonly error: string }

interface Timed {
  readonly stats?: {
    readonly timings: { readonly execTotalTime: number }
    readonly samples?: { readonly totalQueryableSamples: number }
  }
}

/** Evaluates every part by itself, the deepest first, one at a time. Ends when told to. */
export async function evaluateParts(
  tree: Part,
  at: number,
  signal: AbortSignal,
  onOutcome: (id: string, outcome: Outcome) => void,
): Promise<void> {
  for (const { id, text } of deepestFirst(tree)) {
    try {
      const form = { query: text, time: (at / 1000).toFixed(3), stats: 'all' }
      const answer = await askJson<Answer<QueryData & Timed>>('api/v1/query', { form, signal })
      const { data, warnings = [], infos = [] } = answer
      onOutcome(id, {
        series: seriesOf(data),
        seconds: data.stats?.timings.execTotalTime ?? 0,
        samples: data.stats?.samples?.totalQueryableSamples ?? 0,
        remarks: [...warnings, ...infos],
      })
    } catch (error) {
      if (isAbort(error)) return
      onOutcome(id, { error: reasonOf(error) })
    }
    if (signal.aborted) return
  }
}

function seriesOf(data: QueryData): readonly Labels[] {
  return data.resultType === 'vector' || data.resultType === 'matrix' ? data.result.map(({ metric }) => metric) : [{}]
}
