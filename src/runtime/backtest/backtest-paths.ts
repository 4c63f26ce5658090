export const BACKTEST_PATHS: readonly string[] = ['/api/alerting/backtest']
export const BACKTEST: RegExp = /^\/api\/alerting\/backtest$/
