export type {
  AggregateExpr,
  At,
  BinaryExpr,
  Bounds,
  CallExpr,
  Duration,
  DurationExpr,
  DurationPart,
  Expr,
  FixedDuration,
  MatrixSelector,
  NumberLiteral,
  ParenExpr,
  StringLiteral,
  SubqueryExpr,
  UnaryExpr,
  ValueType,
  VectorMatching,
  VectorSelector,
} from './ast.ts'
export { typeOf } from './check.ts'
export {
  DEFAULT_LIMITS,
  Engine,
  type EngineLimits,
  type EngineOptions,
  type MatrixSeries,
  type QueryError,
  type QueryErrorKind,
  type QueryOptions,
  type QueryResult,
  type QueryValue,
  type SampleValue,
  type VectorSample,
} from './engine/index.ts'
export { type Bucket, bucketsOf } from './engine/histogram/index.ts'
export { format } from './format.ts'
export { type FunctionSignature, FUNCTIONS } from './functions.ts'
export { explainParseError, type ParseError } from './parse-error.ts'
export { parse, type Parsed, type ParsedSelector, parseSelector } from './parser.ts'
export { print } from './print.ts'
export { readExpression } from './read-expression.ts'
export type { Span } from './source.ts'
export { type Aggregator, AGGREGATORS, type BinaryOperator } from './token.ts'
export { type Json, toJson } from './to-json.ts'
export { histogramText } from './engine/histogram/index.ts'
export { histogramNotation } from './testing/histogram-notation.ts'
export { MemoryStore, type StoredSample, type StoredValue } from './testing/memory-store.ts'
export { type Notated, parseRow, parseValues, type SeriesRow } from './testing/series-notation.ts'
export { runScript, type Verdict } from './testing/run-script.ts'
