export { type HealthAnswer, healthAnswer } from './body.ts'
export type { CheckOptions, CheckResult, CheckStatus, HealthStats } from './check.ts'
export { Health, type HealthReport } from './health.ts'
