import type { Engine, QueryValue, SampleValue, VectorSample } from '../engine/index.ts'
import { parse } from '../parser.ts'
import { print } from '../print.ts'
import { atEverywhere } from './at-everywhere.ts'
import { instantFault, judge, matrixFault } from './judge.ts'
import type { MemoryStore } from './memory-store.ts'
import { loadNative } from './native-from-classic.ts'
import { type EvalCommand, type LoadCommand, parseScript } from './script.ts'
import { parseOffsets, parseRow, parseValues } from './series-notation.ts'

export interface Verdict {
  readonly line: number
  readonly query: string
  /** What was wrong first; undefined: nothing. */
  readonly fault: string | undefined
}

/** Runs a script, each evaluation also pinned by `@` at other moments and in the middle of a range. */
export async function runScript(text: string, store: MemoryStore, engine: Engine): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  for (const command of parseScript(text)) {
    if (command.kind === 'clear') store.clear()
    else if (command.kind === 'load') load(command, store)
    else {
      const { line, query } = command
      verdicts.push({ line, query, fault: await faultOf(command, engine) })
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

async function faultOf(command: EvalCommand, engine: Engine): Promise<string | undefined> {
  try {
    return await check(command, engine)
  } catch (cause) {
    return `threw ${cause instanceof Error ? (cause.stack ?? cause.message).split('\n').slice(0, 4).join(' | ') : String(cause)}`
  }
}

async function check({ query, when, expect, rows }: EvalCommand, engine: Engine): Promise<string | undefined> {
  if ('start' in when) {
    const { start, end, step } = when
    const result = await engine.range(query, start, end, step)
    return judge(result, expect, (value) => matrixFault(value, rows, start, step))
  }
  const wanted = (value: QueryValue): string | undefined => instantFault(value, rows, expect)
  const skipsRange =
    expect.ordered ||
    expect.rangeVector !== undefined ||
    expect.text !== undefined ||
    /(start|end|range|step)\(\)/.test(query)
  for (const [text, at] of variants(query, when.at)) {
    const fault = judge(await engine.instant(text, at), expect, wanted)
    if (fault !== undefined) return `${text === query ? '' : `as ${text} at ${at}: `}${fault}`
    if (skipsRange) continue
    const result = await engine.range(text, at - 60_000, at + 60_000, 60_000)
    const middle = judge(result, { ...expect, ...NO_NOTES }, (value) => wanted(middleOf(value, at)))
    if (middle !== undefined) return `as range of ${text} at ${at}: ${middle}`
  }
  return undefined
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
