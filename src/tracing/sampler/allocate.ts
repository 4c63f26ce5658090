export interface Demand {
  /** Spans a second, if all were kept. */
  readonly rate: number
  readonly weight: number
}

/** Shares a budget by weight. What one does not need goes to the others; the result is in the order of the demands. */
export function allocate(budget: number, demands: readonly Demand[]): number[] {
  const given = demands.map(() => 0)
  let open = demands.map((_, i) => i)
  let left = budget
  while (open.length > 0) {
    const weights = open.reduce((sum, i) => sum + (demands[i]?.weight ?? 0), 0)
    const share = (i: number) => (left * (demands[i]?.weight ?? 0)) / weights
    const sated = open.filter((i) => (demands[i]?.rate ?? 0) <= share(i))
    if (sated.length === 0) {
      for (const i of open) given[i] = share(i)
      return given
    }
    const satisfied = new Set(sated)
    open = open.filter((i) => !satisfied.has(i))
    for (const i of sated) {
      given[i] = demands[i]?.rate ?? 0
      left -= given[i] ?? 0
    }
  }
  return given
}
