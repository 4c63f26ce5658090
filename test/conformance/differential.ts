import path from 'node:path'
import { openMetricsPage, storeOf } from '../support/open-metrics.ts'
import { serveApi } from '../support/prometheus-api.ts'
import { Prometheus } from '../support/prometheus.ts'
import { DEMO_SAMPLES, DEMO_START, DEMO_STEP, demoData } from './demo-data.ts'
import { type CaseOutcome, readJson } from './shared.ts'

interface Answer {
  readonly status: string
  readonly errorType?: string
  readonly data: {
    readonly resultType: string
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>
      readonly values: readonly (readonly [number, string])[]
    }[]
  }
}

/** Numbers differ by at most so much of themselves. */
const TOLERANCE = 1e-9
/** Of a step from the samples' moments, seconds. */
const SHIFTS = [0, 0.007]

/** The compliance queries, asked of us and of a real Prometheus over the same data. */
export async function runDifferential(
  folder: string,
  peers: { readonly prometheus: string; readonly promtool: string },
): Promise<readonly CaseOutcome[]> {
  const queries = readJson(path.join(folder, 'promql', 'differential_queries.json')) as readonly {
    readonly q: string
  }[]
  const data = demoData()
  const peer = await Prometheus.holding(openMetricsPage(data), peers)
  const store = await storeOf(data)
  const ours = await serveApi(store, () => DEMO_START)
  try {
    const outcomes: CaseOutcome[] = []
    let answered = 0
    for (const shift of SHIFTS) {
      for (const { q: query } of queries) {
        const start = DEMO_START / 1000 + 1800 + shift
        const end = DEMO_START / 1000 + ((DEMO_SAMPLES - 20) * DEMO_STEP) / 1000 + shift
        const form = { query, start: start.toFixed(3), end: end.toFixed(3), step: '60' }
        const [own, wanted] = await Promise.all([ask(ours.url, form), ask(peer.url, form)])
        if (wanted.status === 'success' && wanted.data.result.length > 0) answered++
        outcomes.push({ name: shift === 0 ? query : `${query} +${shift * 1000} ms`, fault: difference(own, wanted) })
      }
    }
    // Answers that are all empty would be alike as well.
    if (answered < outcomes.length * 0.8)
      throw new Error(`only ${answered} of ${outcomes.length} queries gave anything`)
    return outcomes
  } finally {
    ours.close()
    await store.close()
    await peer.stop()
  }
}

async function ask(url: string, form: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body: new URLSearchParams(form) })
  return (await response.json()) as Answer
}

function difference(own: Answer, wanted: Answer): string | undefined {
  const kinds = [own, wanted].map(({ status, errorType = '' }) => `${status} ${errorType}`)
  if (kinds[0] !== kinds[1]) return `${kinds[0]}, wanted ${kinds[1]}`
  if (own.status !== 'success') return undefined
  const [left, right] = [own.data.result, wanted.data.result]
  const [names, wantedNames] = [left, right].map((result) => JSON.stringify(result.map(({ metric }) => metric)))
  if (names !== wantedNames) return `series ${names}, wanted ${wantedNames}`
  for (const [i, { metric, values }] of left.entries()) {
    const others = right[i]?.values ?? []
    if (values.length !== others.length) {
      return `${JSON.stringify(metric)}: ${values.length} points, wanted ${others.length}`
    }
    for (const [n, [at, text]] of values.entries()) {
      const [otherAt, otherText] = others[n] ?? [0, '']
      if (at !== otherAt || !close(text, otherText)) {
        return `${JSON.stringify(metric)}: ${text}@${at}, wanted ${otherText}@${otherAt}`
      }
    }
  }
  return undefined
}

function close(a: string, b: string): boolean {
  if (a === b) return true
  const [x, y] = [Number(a), Number(b)]
  return Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y))
}
