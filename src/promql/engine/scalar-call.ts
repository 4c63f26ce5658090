import { LabelSet } from '../../series/index.ts'
import type { CallExpr } from '../ast.ts'
import { argument } from './arguments.ts'
import type { Evaluator } from './evaluator.ts'
import { type Grid, timeAt } from './grid.ts'
import { PassingRows } from './row-sink.ts'
import { Row } from './row.ts'

export async function scalarCall(call: CallExpr, grid: Grid, evaluator: Evaluator): Promise<Float64Array> {
  const { start, end, step } = evaluator.context.range
  const all = (value: number): Float64Array => new Float64Array(grid.count).fill(value)
  switch (call.name) {
    case 'pi':
      return all(Math.PI)
    case 'time':
      return all(0).map((_, i) => timeAt(grid, i) / 1000)
    case 'start':
      return all(start / 1000)
    case 'end':
      return all(end / 1000)
    case 'range':
      return all((end - start) / 1000)
    case 'step':
      return all(step / 1000)
    case 'max_of':
    case 'min_of': {
      const pick = call.name === 'max_of' ? Math.max : Math.min
      const [a, b] = [await evaluator.scalar(argument(call, 0), grid), await evaluator.scalar(argument(call, 1), grid)]
      return a.map((value, i) => pick(value, b[i] ?? NaN))
    }
    case 'scalar': {
      const values = all(NaN)
      const found = new Uint8Array(grid.count)
      const page = new Row(LabelSet.EMPTY, false, grid.count)
      const passing = new PassingRows(page, (row) => {
        for (let i = 0; i < grid.count; i++) {
          if (!row.isFloat(i)) continue
          values[i] = found[i] === 0 ? row.floatAt(i) : NaN
          found[i] = 1
        }
        evaluator.context.work.spend(grid.count)
        return undefined
      })
      await evaluator.each(argument(call, 0), grid, passing)
      return values
    }
    default:
      throw new Error(`BUG: no function ${call.name} gives a scalar`)
  }
}
