import type {
  AlertingConfig,
  Decision,
  Notification,
  Outcome,
  PostedAlert,
  Silence,
  TimeInterval,
} from '../dispatch-types.ts'

/** What the machine goes by. Another object is another configuration. */
export interface DispatchConfig {
  readonly alerting: AlertingConfig
  readonly isWithin: (interval: TimeInterval, now: number) => boolean
  readonly externalURL?: string | undefined
  /**
   * Alertmanager's ways where this machine has better ones: what is silenced is not told as over, what was never
   * confirmed is forgotten when it ends, and Retry-After is not heard. For comparing the two.
   */
  readonly compat?: boolean | undefined
}

/** A silence to set: without an id a new one. */
export type SilenceDraft = Omit<Silence, 'id' | 'updatedAt'> & { readonly id?: string | undefined }

export type DispatchEvent =
  /** The process began: what was on its way is sent again under the same id, and the hold-off begins. */
  | { readonly kind: 'started' }
  | { readonly kind: 'alerts'; readonly alerts: readonly PostedAlert[] }
  /** `newId` is used when it is another silence than before. Answered by `silence`, or `refused`. */
  | { readonly kind: 'set-silence'; readonly silence: SilenceDraft; readonly newId: string }
  | { readonly kind: 'expire-silence'; readonly id: string }
  | { readonly kind: 'delete-silence'; readonly id: string }
  | {
      readonly kind: 'outcome'
      readonly integration: string
      readonly id: string
      /** Of which attempt, so that a late answer is known as one. Default: the last. */
      readonly attempt?: number | undefined
      readonly outcome: Outcome
    }
  /** `of`: a group's key, or an alert's fingerprint: then all groups that it is in. */
  | {
      readonly kind: 'acknowledge'
      readonly of: string
      readonly by: string
      readonly until?: number | undefined
    }
  | { readonly kind: 'unacknowledge'; readonly of: string; readonly by: string }
  /** The configuration was replaced: groups begin anew, and channels that were gone are tried again. */
  | { readonly kind: 'configured' }
  /** Time passed. Does what is due, but no more than `most` things: what is left keeps `wake` in the past. */
  | { readonly kind: 'tick'; readonly most?: number | undefined }

export type DispatchEffect =
  /** To be answered by an `outcome`; without one by `deadlineAt` it counts as temporary. */
  | {
      readonly kind: 'deliver'
      readonly integration: string
      readonly notification: Notification
      /** 1 for the first. */
      readonly attempt: number
      readonly deadlineAt: number
    }
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'silence'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: string }
  /** When the next `tick` is due. The last effect of a step; none when nothing is waited for. */
  | { readonly kind: 'wake'; readonly at: number }
