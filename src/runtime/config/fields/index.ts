import { ADMIN_FIELDS } from './admin.ts'
import { ERROR_FIELDS } from './errors.ts'
import { LOG_FIELDS } from './log.ts'
import { OBSERVE_FIELDS } from './observe.ts'
import { REDACT_FIELDS } from './redact.ts'
import { SERVICE_FIELDS } from './service.ts'
import { STORE_FIELDS } from './store.ts'
import type { ConfigField } from './field.ts'

export type { Changeable, ConfigField } from './field.ts'

export const CONFIG_FIELDS: readonly ConfigField[] = [
  ...SERVICE_FIELDS,
  ...LOG_FIELDS,
  ...REDACT_FIELDS,
  ...ADMIN_FIELDS,
  ...OBSERVE_FIELDS,
  ...ERROR_FIELDS,
  ...STORE_FIELDS,
]

const BY_PATH = new Map(CONFIG_FIELDS.map((field) => [field.path, field]))

/** Of a value's path; of a constant label, that of all. */
export function fieldAt(path: string): ConfigField | undefined {
  return BY_PATH.get(path) ?? (path.startsWith('constantLabels.') ? BY_PATH.get('constantLabels') : undefined)
}
