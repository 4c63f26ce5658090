import type { AlertingConfig } from '../../alerting/index.ts'
import type { ConfigInput } from '../config/config.ts'

type AlertingKeys = NonNullable<ConfigInput['alerting']>

/** What code states: instead of the path of an alertmanager.yml also what `defineAlerting` returned. */
export type BoxmanInput = Omit<ConfigInput, 'alerting'> & {
  readonly alerting?:
    | (Omit<AlertingKeys, 'config'> & { readonly config?: string | AlertingConfig | undefined })
    | undefined
}

/** Stands for it in the configuration, where all are texts, numbers and flags. */
export const GIVEN = 'defineAlerting(...)'

interface Taken {
  readonly code: ConfigInput
  readonly given: AlertingConfig | undefined
}

/** Takes out of what code states that which is no text. */
export function takeAlerting({ alerting, ...rest }: BoxmanInput): Taken {
  // Whatever else it may be is refused with the rest of the configuration.
  if (typeof alerting !== 'object' || alerting === null) return { code: { ...rest, alerting }, given: undefined }
  const { config, ...more } = alerting
  if (typeof config !== 'object' || config === null) {
    return { code: { ...rest, alerting: { ...more, config } }, given: undefined }
  }
  return { code: { ...rest, alerting: { ...more, config: GIVEN } }, given: config }
}
