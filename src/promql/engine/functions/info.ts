import { LabelSet, Matcher, METRIC_NAME_LABEL } from '../../../series/index.ts'
import type { CallExpr, Expr } from '../../ast.ts'
import type { Evaluator } from '../evaluator.ts'
import { failExecution } from '../fault.ts'
import type { Grid } from '../grid.ts'
import { Row } from '../row.ts'
import { selectVector } from '../vector-selector.ts'
import { infoGrid } from './info-grid.ts'

/** Units that a series costs at a step. */
const PER_SERIES = 20

/** The labels by which series and their info metrics meet. */
const IDENTIFYING = ['instance', 'job'] as const
const TARGET_INFO = new Matcher(METRIC_NAME_LABEL, '=', 'target_info')

/** Adds to each series the labels of the info metrics of its instance and job. */
export async function addInfo(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<readonly Row[]> {
  const [base, selector] = call.args
  if (base === undefined) throw new Error('BUG: info without a vector')
  const { context } = evaluator
  const given = selector?.kind === 'vector-selector' ? selector.matchers : []
  const names = given.filter(({ name }) => name === METRIC_NAME_LABEL)
  const data = given.filter(({ name }) => name !== METRIC_NAME_LABEL)
  const wanted = new Set(data.map(({ name }) => name))
  const demanding = data.some((matcher) => !matcher.matches(''))
  const matchers = [...(names.length === 0 ? [TARGET_INFO] : names), ...data]
  const rows = await evaluator.vector(base, grid)
  const infos = await infoRows(base, matchers, grid, evaluator)
  const isInfo = (labels: LabelSet): boolean =>
    names.length === 0 ? TARGET_INFO.matchesSet(labels) : names.every((matcher) => matcher.matchesSet(labels))
  const byTarget = new Map<string, InfoRow[]>()
  for (const info of infos) {
    const key = targetOf(info.row.labels)
    const own = byTarget.get(key)
    if (own === undefined) byTarget.set(key, [info])
    else own.push(info)
    if (context.work.spend(PER_SERIES)) await context.work.rest()
  }
  const results = new Map<string, Row>()
  for (const row of rows) {
    const own = isInfo(row.labels) ? [] : (byTarget.get(targetOf(row.labels)) ?? [])
    for (let i = 0; i < row.steps; i++) {
      const value = row.at(i)
      if (value === undefined) continue
      const present = latestOfEach(own, i)
      if (!isInfo(row.labels) && present.length === 0 && demanding) continue
      const labels = enriched(row.labels, present, wanted)
      const key = `${row.dropName ? '-' : '+'}${labels.key}`
      let result = results.get(key)
      if (result === undefined) {
        context.work.hold(row.steps)
        results.set(key, (result = new Row(labels, row.dropName, row.steps)))
      }
      if (result.has(i)) failExecution('vector cannot contain metrics with the same labelset')
      result.set(i, value)
      if (context.work.spend(PER_SERIES * (1 + own.length))) await context.work.rest()
    }
  }
  return [...results.values()]
}

interface InfoRow {
  readonly row: Row
  /** Seconds of the sample at each step. */
  readonly times: Row
}

async function infoRows(
  base: Expr,
  matchers: readonly Matcher[],
  grid: Grid,
  { context }: Evaluator,
): Promise<readonly InfoRow[]> {
  const selector = infoGrid(base, matchers, context)
  const times = await selectVector(selector, grid, context, 'time')
  return times.map((row) => ({ row, times: row }))
}

function targetOf(labels: LabelSet): string {
  return IDENTIFYING.map((name) => `${labels.get(name).length}:${labels.get(name)}`).join('')
}

/** Of info series that differ in their data only, the one with the latest sample. */
function latestOfEach(infos: readonly InfoRow[], i: number): readonly LabelSet[] {
  const latest = new Map<string, InfoRow>()
  for (const info of infos) {
    if (!info.times.has(i)) continue
    const name = info.row.labels.get(METRIC_NAME_LABEL)
    const known = latest.get(name)
    if (known === undefined || info.times.floatAt(i) > known.times.floatAt(i)) latest.set(name, info)
    else if (info.times.floatAt(i) === known.times.floatAt(i)) {
      failExecution(
        `found duplicate series for info metric: existing ${String(known.row.labels)} @ ${known.times.floatAt(i) * 1000}, new ${String(info.row.labels)}`,
      )
    }
  }
  return Array.from(latest.values(), ({ row }) => row.labels)
}

function enriched(base: LabelSet, infos: readonly LabelSet[], wanted: ReadonlySet<string>): LabelSet {
  const added = new Map<string, string>()
  for (const info of infos) {
    for (const [name, value] of info) {
      if (name === METRIC_NAME_LABEL || base.has(name) || (wanted.size > 0 && !wanted.has(name))) continue
      const known = added.get(name)
      if (known !== undefined && known !== value) {
        failExecution(`conflicting label: ${name} is ${JSON.stringify(known)} and ${JSON.stringify(value)}`)
      }
      added.set(name, value)
    }
  }
  return added.size === 0 ? base : LabelSet.of([...base, ...added])
}
