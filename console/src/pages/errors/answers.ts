/** As `/diagnostics/errors` answers. */
export interface ErrorsAnswer {
  readonly total_groups: number
  readonly evicted_groups: number
  readonly groups: readonly ErrorGroup[]
  readonly recent: readonly RecentError[]
}

export interface ErrorGroup {
  readonly fingerprint: string
  readonly name: string | null
  readonly code: string | null
  readonly message: string
  readonly category: string
  readonly severity: string
  readonly count: number
  readonly first_seen: string | null
  readonly last_seen: string | null
  readonly route: string | null
  readonly trace_id: string | null
  readonly correlation_id: string | null
  readonly stack: readonly string[] | null
  readonly causes: readonly { readonly name: string; readonly message: string; readonly code: string | null }[]
}

export interface RecentError {
  readonly time: string | null
  readonly category: string
  readonly severity: string
  readonly message: string
  readonly fingerprint: string
}

export const CATEGORIES: readonly string[] = [
  'network',
  'consensus',
  'validation',
  'gaming',
  'storage',
  'security',
  'other',
]
export const SEVERITIES: readonly string[] = ['critical', 'error', 'warning', 'info']
