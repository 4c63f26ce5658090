import type { OnUnknown } from '../rule.ts'

/** As Prometheus writes them: `30s`, `1h30m`. */
type Duration = string

export type Condition =
  | { readonly kind: 'greater'; readonly than: number }
  | { readonly kind: 'less'; readonly than: number }
  /** Both bounds are within. */
  | { readonly kind: 'between'; readonly from: number; readonly to: number }
  /** How it changes over some time: counters by their rate, others by their slope; a fall is negative. */
  | ({ readonly kind: 'rate-of-change'; readonly over: Duration; readonly per: 'second' | 'minute' | 'hour' } & (
      | { readonly greater: number }
      | { readonly less: number }
    ))
  /** It has not been there for so long; default: it is not there now. */
  | { readonly kind: 'absent'; readonly over?: Duration | undefined }
  /** Farther from its average than so many standard deviations, both over some time; of a counter its rate. */
  | { readonly kind: 'deviates'; readonly by: number; readonly over: Duration }

interface Common {
  /** The alert's name. */
  readonly name: string
  /** For who is told: what it means and what to do. A template, as in rules. */
  readonly description: string
  readonly condition: Condition
  readonly severity: 'critical' | 'error' | 'warning' | 'info'
  readonly category?: string | undefined
  /** How often it is evaluated. Default: what all groups have. */
  readonly interval?: Duration | undefined
  /** How long the condition must hold. Default: it alerts at once. */
  readonly for?: Duration | undefined
  /** What is done when its series are gone while it fires, or its query fails. */
  readonly unknown?: OnUnknown | undefined
  /** More labels. */
  readonly tags?: Readonly<Record<string, string>> | undefined
}

/** A rule for who does not write PromQL: a metric, such as `queue_depth` or `queue_depth{queue="mail"}`, or an expression of PromQL. */
export type SimpleRule = Common &
  (
    | { readonly metric: string; readonly expression?: undefined }
    | { readonly expression: string; readonly metric?: undefined }
  )
