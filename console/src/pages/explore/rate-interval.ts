/** The query as PromQL alone, where only its form matters: what the page fills in is some duration. */
export function plain(expr: string): string {
  return expr.replaceAll('$__rate_interval', '5m')
}
