import { formatDuration, type Matcher, METRIC_NAME_LABEL, type SelectedSeries } from '../../series/index.ts'
import { ServerError } from './server.ts'
import { labelsOf, listOf, numberOf, recordOf, timeOf } from './values.ts'

const PLAIN_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/

/** A selector that says the same; names outside the classic characters are quoted. */
export function selectorOf(matchers: readonly Matcher[]): string {
  const all = matchers.length === 0 ? [`${METRIC_NAME_LABEL}!=""`] : matchers.map(spelled)
  return `{${all.join(',')}}`
}

function spelled({ name, operator, value }: Matcher): string {
  return `${PLAIN_NAME.test(name) ? name : JSON.stringify(name)}${operator}${JSON.stringify(value)}`
}

/** What to ask at `to` for every sample from `from` on: a range is open to the left. */
export function rawQuery(matchers: readonly Matcher[], from: number, to: number): string {
  return `${selectorOf(matchers)}[${formatDuration(Math.max(1, Math.floor(to) - Math.ceil(from) + 1))}]`
}

/** The matrix that answers it. */
export function rawSeries(data: unknown): readonly SelectedSeries[] {
  return listOf(recordOf(data)['result']).map((each) => {
    const { metric, values = [], histograms } = recordOf(each)
    const labels = labelsOf(metric)
    if (histograms !== undefined) {
      const mend = 'their buckets come whole only by remote read, which this server does not have'
      throw new ServerError('unavailable', `${String(labels)} has native histograms; ${mend}`)
    }
    const points = listOf(values).map(listOf)
    const columns = {
      times: Float64Array.from(points, ([at]) => timeOf(at)),
      values: Float64Array.from(points, ([, value]) => numberOf(value)),
      startTimes: undefined,
      histograms: undefined,
    }
    return { labels, columns: () => columns }
  })
}
