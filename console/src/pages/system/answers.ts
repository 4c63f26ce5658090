/** As `/diagnostics/system` answers; what the machine does not tell is not there. */
export interface SystemAnswer {
  readonly service: string
  readonly node: string
  readonly uptime_seconds: number
  readonly started_at: string
  readonly process: {
    readonly pid: number
    readonly platform: string
    readonly arch: string
    readonly uptime_seconds: number
    readonly versions: Readonly<Record<string, string>>
    readonly flags: readonly string[]
  }
  readonly reading: {
    readonly cpu_percent?: number
    readonly memory_bytes?: number
    readonly threads?: number
    readonly temperature_celsius?: number
    readonly throttling?: boolean
    readonly battery?: { readonly level_percent: number; readonly charging: boolean; readonly discharging?: boolean }
    readonly open_files?: number
    readonly max_files?: number
    readonly machine?: {
      readonly cpu_percent?: number
      readonly memory_total_bytes?: number
      readonly memory_available_bytes?: number
      readonly load1?: number
      readonly disk_total_bytes?: number
      readonly disk_free_bytes?: number
      readonly cpu_limit_cores?: number
      readonly memory_limit_bytes?: number
      readonly memory_current_bytes?: number
      readonly memory_reclaimable_bytes?: number
    }
  }
  readonly kubernetes: Readonly<Record<string, string>>
}

/** Of `/diagnostics/performance`, what is shown here. */
export interface PerformanceAnswer {
  readonly event_loop: {
    readonly p50_lag_ms: number | null
    readonly p99_lag_ms: number | null
    readonly max_lag_ms: number | null
    readonly utilization: number | null
    readonly monitoring_active: boolean
  }
  readonly heap: {
    readonly used_bytes: number
    readonly total_bytes: number
    readonly limit_bytes: number
    readonly external_bytes: number
  }
}
