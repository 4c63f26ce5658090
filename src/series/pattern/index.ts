export type { PatternMatch } from './expand.ts'
export { type FoundMatch, Pattern } from './pattern.ts'
export type { SearchWork } from './search.ts'
export { PatternError, type PatternFault } from './pattern-error.ts'
