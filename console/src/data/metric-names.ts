import { range, windowOf } from '../state/time-range.ts'
import { askJson } from './ask.ts'
import { type Answered, useAnswer } from './use-answer.ts'

const LOOK_AGAIN_MS = 10_000

/** Which metrics have values in the page's time range. */
export function useMetricNames(): Answered<ReadonlySet<string>> {
  const { from, to } = range.value
  return useAnswer(
    `${from} ${to}`,
    async (signal) => {
      const { from: start, to: end } = windowOf(range.peek())
      const path = `api/v1/label/__name__/values?start=${start / 1000}&end=${end / 1000}`
      const { data } = await askJson<{ readonly data: readonly string[] }>(path, { signal })
      return new Set(data)
    },
    { everyMs: LOOK_AGAIN_MS },
  ).state.value
}
