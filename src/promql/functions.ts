import type { ValueType } from './ast.ts'

export interface FunctionSignature {
  readonly name: string
  readonly args: readonly ValueType[]
  /** How often the last argument may be left out or repeated: 0 is never, -1 is as often as one likes. */
  readonly variadic: number
  readonly returns: ValueType
}

/** A signature for each of the names; arguments in brackets may be left out, dots stand for more of the last. */
const TABLE: readonly (readonly [names: string, args: string, returns: ValueType])[] = [
  ['abs ceil exp floor ln log10 log2 sgn sqrt deg rad', 'vector', 'vector'],
  ['acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh', 'vector', 'vector'],
  ['absent sort sort_desc timestamp start_timestamp', 'vector', 'vector'],
  ['histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum', 'vector', 'vector'],
  ['absent_over_time avg_over_time count_over_time first_over_time last_over_time', 'matrix', 'vector'],
  ['mad_over_time max_over_time min_over_time present_over_time', 'matrix', 'vector'],
  ['stddev_over_time stdvar_over_time sum_over_time', 'matrix', 'vector'],
  ['ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time', 'matrix', 'vector'],
  ['changes delta deriv idelta increase irate rate resets', 'matrix', 'vector'],
  ['predict_linear', 'matrix scalar', 'vector'],
  ['quantile_over_time', 'scalar matrix', 'vector'],
  ['double_exponential_smoothing', 'matrix scalar scalar', 'vector'],
  ['clamp', 'vector scalar scalar', 'vector'],
  ['clamp_max clamp_min', 'vector scalar', 'vector'],
  ['round', 'vector [scalar]', 'vector'],
  ['day_of_month day_of_week day_of_year days_in_month hour minute month year', '[vector]', 'vector'],
  ['histogram_quantile', 'scalar vector', 'vector'],
  ['histogram_quantiles', 'vector string scalar [scalar]x9', 'vector'],
  ['histogram_fraction', 'scalar scalar vector', 'vector'],
  ['info', 'vector [vector]', 'vector'],
  ['label_replace', 'vector string string string string', 'vector'],
  ['label_join', 'vector string string [string]...', 'vector'],
  ['sort_by_label sort_by_label_desc', 'vector [string]...', 'vector'],
  ['scalar', 'vector', 'scalar'],
  ['vector', 'scalar', 'vector'],
  ['pi time start end range step', '', 'scalar'],
  ['max_of min_of', 'scalar scalar', 'scalar'],
]

export const FUNCTIONS: ReadonlyMap<string, FunctionSignature> = new Map(
  TABLE.flatMap(([names, args, returns]) => {
    const words = args.split(' ').filter((word) => word !== '')
    const last = words.at(-1) ?? ''
    const variadic = !last.startsWith('[') ? 0 : last.endsWith('...') ? -1 : Number(/x(\d+)$/.exec(last)?.[1] ?? 1)
    const types = words.map(valueType)
    return names.split(' ').map((name) => [name, Object.freeze({ name, args: types, variadic, returns })] as const)
  }),
)

function valueType(word: string): ValueType {
  const name = /[a-z]+/.exec(word)?.[0]
  if (name === 'scalar' || name === 'string' || name === 'vector' || name === 'matrix') return name
  throw new Error(`BUG: no value type in ${word}`)
}
