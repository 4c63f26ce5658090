interface ApiSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly histogram?: readonly [number, unknown]
}

/** One of a server's answers: its labels but for who asked, and its value as the API writes it. */
export interface Found {
  readonly labels: string
  /** NaN for a native histogram. */
  readonly value: number
  readonly isHistogram: boolean
  readonly text: string
}

/** What a server of the Prometheus API answers to an instant query at a time in seconds, sorted by labels. */
export async function answerOf(url: string, query: string, time: number): Promise<readonly Found[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query, time: String(time) }).toString()}`)
  const body = (await response.json()) as { status: string; error?: string; data: { result: readonly ApiSeries[] } }
  if (body.status !== 'success') throw new Error(`${url} ${query}: ${body.error}`)
  return body.data.result
    .map(({ metric: { job: _job, instance: _instance, ...labels }, value, histogram }) => ({
      labels: JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      value: Number(value?.[1].replace('Inf', 'Infinity')),
      isHistogram: histogram !== undefined,
      text: JSON.stringify(value?.[1] ?? histogram?.[1]),
    }))
    .toSorted((a, b) => (a.labels < b.labels ? -1 : 1))
}
