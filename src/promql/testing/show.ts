import type { QueryResult, QueryValue } from '../engine/index.ts'
import { describe, show, showSeries } from './judge.ts'
import type { EvalCommand } from './script.ts'

/** What an evaluation is to give, line by line. */
export function showExpected({ rows, expect }: EvalCommand): readonly string[] {
  const { fail, failure, text, ordered, warn, info, noWarn, noInfo } = expect
  return [
    ...(fail ? [failure === undefined ? 'a failure' : `the failure ${failure.text}`] : []),
    ...(text === undefined ? [] : [JSON.stringify(text)]),
    ...(ordered ? ['in this order:'] : []),
    ...rows,
    ...(rows.length === 0 && !fail && text === undefined ? ['nothing'] : []),
    ...warn.map((pattern) => `a warning: ${pattern?.text ?? 'any'}`),
    ...info.map((pattern) => `an info: ${pattern?.text ?? 'any'}`),
    ...(noWarn ? ['no warning'] : []),
    ...(noInfo ? ['no info'] : []),
  ]
}

export function showResult(result: QueryResult): readonly string[] {
  const notes = [
    ...result.warnings.map((text) => `a warning: ${text}`),
    ...result.infos.map((text) => `an info: ${text}`),
  ]
  if (!result.ok) return [`the failure ${result.error.message}`, ...notes]
  const lines = showValue(result.value)
  return [...(lines.length === 0 ? ['nothing'] : lines), ...notes]
}

function showValue(value: QueryValue): readonly string[] {
  switch (value.type) {
    case 'scalar':
      return [String(value.value)]
    case 'string':
      return [JSON.stringify(value.value)]
    case 'vector':
      return value.samples.map(describe)
    case 'matrix':
      return value.series.map((series) => {
        const { times = [], values = [] } = series.histograms ?? {}
        const histograms = values.map((each, i) => `${show(each)}@${times[i]}`)
        return [String(series.labels), showSeries(series), ...histograms].filter((part) => part !== '').join(' ')
      })
  }
}
