import type { Labels } from '../../data/series.ts'

// What the service answers, as far as the page looks at it. Times are RFC 3339.

export interface RuleAlert {
  readonly labels: Labels
  readonly annotations: Labels
  readonly state: 'pending' | 'firing'
  readonly activeAt: string
  readonly value: string
}

export interface Rule {
  readonly type: 'alerting' | 'recording'
  readonly name: string
  readonly query: string
  readonly labels?: Labels
  readonly annotations?: Labels
  readonly state?: 'inactive' | 'pending' | 'firing'
  readonly health: 'ok' | 'err' | 'unknown'
  readonly lastError?: string
  readonly evaluationTime: number
  readonly lastEvaluation: string
  /** Seconds. */
  readonly duration?: number
  readonly keepFiringFor?: number
  readonly alerts?: readonly RuleAlert[]
  readonly boxman?: { readonly state: string }
}

export interface RuleGroup {
  readonly name: string
  readonly file: string
  readonly interval: number
  readonly evaluationTime: number
  readonly lastEvaluation: string
  readonly rules: readonly Rule[]
}

export interface RulesAnswer {
  readonly data: { readonly groups: readonly RuleGroup[] }
}

export interface ToldAlert {
  readonly fingerprint: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: string
  readonly receivers: readonly { readonly name: string }[]
  readonly status: {
    readonly state: 'unprocessed' | 'active' | 'suppressed'
    readonly silencedBy: readonly string[]
    readonly inhibitedBy: readonly string[]
    readonly mutedBy?: readonly string[]
  }
}

export interface SilenceMatcher {
  readonly name: string
  readonly value: string
  readonly isRegex: boolean
  readonly isEqual: boolean
}

export interface Silence {
  readonly id: string
  readonly status: { readonly state: 'active' | 'pending' | 'expired' }
  readonly comment: string
  readonly createdBy: string
  readonly startsAt: string
  readonly endsAt: string
  readonly matchers: readonly SilenceMatcher[]
  readonly boxman?: { readonly maintenance: { readonly window: string | null } }
}

export interface Escalated {
  readonly groupKey: string
  readonly receiver: string
  readonly labels: Labels
  readonly fingerprints: readonly string[]
  readonly acknowledged: { readonly by: string; readonly at: string; readonly until: string | null } | null
  readonly escalation: {
    readonly policy: string
    readonly taken: number
    readonly steps: number
    readonly nextAt: string | null
    readonly nextReceiver: string | null
  } | null
}

export interface OnCallSchedule {
  readonly name: string
  readonly location: string
  readonly receivers: readonly string[]
  readonly shifts: readonly { readonly people: readonly string[]; readonly until: string | null }[]
}

export interface Escalations {
  readonly groups: readonly Escalated[]
  readonly schedules: readonly OnCallSchedule[]
}

export interface Channel {
  readonly integration: string
  readonly kind: string
  readonly sendResolved: boolean
  readonly delivered: number
  readonly failed: number
  readonly waiting: number
  readonly throttledUntil: string | null
  readonly failingSince: string | null
  readonly gone: string | null
  readonly goneAt: string | null
  readonly last: { readonly at: string; readonly kind: string; readonly told: string } | null
}

export interface ToldReceiver {
  readonly name: string
  readonly schedule: string | null
  readonly integrations: readonly Channel[]
}

export interface ChannelsAnswer {
  readonly receivers: readonly ToldReceiver[]
}

export interface Decision {
  readonly time: string
  readonly groupKey: string
  readonly receiver: string
  readonly integration?: string
  readonly fingerprints: readonly string[]
  readonly verdict: string
  readonly reason: string
}

export interface DecisionsAnswer {
  readonly decisions: readonly Decision[]
}
