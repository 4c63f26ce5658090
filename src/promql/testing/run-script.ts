import type { Engine, QueryResult, QueryValue, SampleValue, VectorSample } from '../engine/index.ts'
import { parse } from '../parser.ts'
import { print } from '../print.ts'
import { atEverywhere } from './at-everywhere.ts'
import { instantFault, judge, matrixFault } from './judge.ts'
import type { MemoryStore } from './memory-store.ts'
import { loadNative } from './native-from-classic.ts'
import { type EvalCommand, type LoadCommand, parseScript } from './script.ts'
import { showExpected, showResult } from './show.ts'
import { parseOffsets, parseRow, parseValues } from './series-notation.ts'

export interface Verdict {
  readonly line: number
  readonly query: string
  /** What was wrong first; undefined: nothing. */
  readonly fault: string | undefined
  /** Of what has a fault, line by line: what the script expects of it, and what it gave. */
  readonly expected: readonly string[]
  readonly got: readonly string[]
}

/**
 * Runs a script of Prometheus's own kind, each evaluation also pinned by `@` at other moments and in the middle of a range.
 * @throws RangeError for what is no command.
 */
export async function runScript(text: string, store: MemoryStore, engine: Engine): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') store.clear()
    else if (command.kind === 'load') load(command, store)
    else {
      const { line, query } = command
      const failed = await failureOf(command, engine)
      const shown =
        failed === undefined ? { expected: [], got: [] } : { expected: showExpected(command), got: failed.got }
      verdicts.push({ line, query, fault: failed?.fault, ...shown })
    }
  }
  return verdicts
}

function load({ rows, stepMs, withNative }: LoadCommand, store: MemoryStore): void {
  let starts: readonly (number | undefined)[] = []
  for (const line of rows) {
    const row = parseRow(line)
    if (row.startTimes) {
      starts = parseOffsets(row.values)
      continue
    }
    parseValues(row.values).forEach((notated, i) => {
      if (notated === undefined) return
      const time = i * stepMs
      const start = starts[i]
      store.append(row.labels, { time, value: notated.value, startTime: start === undefined ? 0 : time + start })
    })
    starts = []
  }
  if (withNative) loadNative(store, rows)
}

interface Failure {
  readonly fault: string
  readonly got: readonly string[]
}

async function failureOf(command: EvalCommand, engine: Engine): Promise<Failure | undefined> {
  try {
    return await check(command, engine)
  } catch (cause) {
    const told =
      cause instanceof Error ? (cause.stack ?? cause.message).split('\n').slice(0, 4).join(' | ') : String(cause)
    return { fault: `threw ${told}`, got: [] }
  }
}

async function check({ query, when, expect, rows }: EvalCommand, engine: Engine): Promise<Failure | undefined> {
  if ('start' in when) {
    const { start, end, step } = when
    const result = await engine.range(query, start, end, step)
    return failure(
      judge(result, expect, (value) => matrixFault(value, rows, start, step)),
      result,
    )
  }
  const wanted = (value: QueryValue): string | undefined => instantFault(value, rows, expect)
  const skipsRange =
    expect.ordered ||
    expect.rangeVector !== undefined ||
    expect.text !== undefined ||
    /(start|end|range|step)\(\)/.test(query)
  for (const [text, at] of variants(query, when.at)) {
    const instant = await engine.instant(text, at)
    const failed = failure(judge(instant, expect, wanted), instant, text === query ? '' : `as ${text} at ${at}: `)
    if (failed !== undefined || skipsRange) {
      if (failed !== undefined) return failed
      continue
    }
    const range = await engine.range(text, at - 60_000, at + 60_000, 60_000)
    const middle = judge(range, { ...expect, ...NO_NOTES }, (value) => wanted(middleOf(value, at)))
    if (middle !== undefined) return failure(middle, range, `as range of ${text} at ${at}: `)
  }
  return undefined
}

function failure(fault: string | undefined, result: QueryResult, how = ''): Failure | undefined {
  return fault === undefined ? undefined : { fault: how + fault, got: showResult(result) }
}

const NO_NOTES = { warn: [], info: [], noWarn: false, noInfo: false } as const

function* variants(query: string, at: number): Iterable<readonly [text: string, at: number]> {
  yield [query, at]
  const parsed = parse(query)
  const pinned = parsed.ok ? atEverywhere(parsed.expr, at) : undefined
  if (pinned === undefined) return
  const text = print(pinned)
  for (const moment of at === 0 ? [-1000, 0, 1000] : [-10 * at, 0, Math.trunc(at / 5), at, 10 * at])
    yield [text, moment]
}

function middleOf(value: QueryValue, at: number): QueryValue {
  if (value.type !== 'matrix') return value
  const samples = value.series.flatMap(({ labels, times, values, histograms }): readonly VectorSample[] => {
    const i = times.indexOf(at)
    const float = values[i]
    const histogram = histograms?.values[histograms.times.indexOf(at)]
    const own: SampleValue | undefined = i >= 0 ? float : histogram
    return own === undefined ? [] : [{ labels, value: own }]
  })
  return { type: 'vector', at, samples }
}
