/** As `/config` answers. */
export interface ConfigAnswer {
  readonly values: Readonly<Record<string, unknown>>
  /** By path: `default`, `code`, `file NAME`, `environment VARIABLE` or `api TIME`. */
  readonly provenance: Readonly<Record<string, string>>
  /** By path: how it can be changed without a restart. */
  readonly changeable: Readonly<Record<string, readonly ('api' | 'file')[]>>
  /** By path: of all that there may be. */
  readonly meanings: Readonly<Record<string, string>>
  /** The latest first. */
  readonly recent: readonly RecentChange[]
}

export interface RecentChange {
  readonly time: string
  readonly source: string
  readonly client?: string
  readonly file?: string
  readonly changes: readonly { readonly path: string; readonly from?: unknown; readonly to?: unknown }[]
}

export interface StatusAnswer {
  readonly service: string
  readonly version: string | null
  readonly environment: string | null
  readonly node: string
  readonly boxman: string
  readonly status: string
  readonly started_at: string
}
