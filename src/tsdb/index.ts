export type { Queryable } from '../series/index.ts'
