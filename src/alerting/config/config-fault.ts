import type { Place } from '../rule-fault.ts'

/** One thing wrong with a configuration, or to be wondered at. */
export interface ConfigFault {
  /** What, and where it is not obvious, how to mend it. */
  readonly message: string
  /** `route.routes[0].group_wait`; empty for the whole. */
  readonly path: string
  /** From 1; undefined for what comes from code. */
  readonly place: Place | undefined
}

/** `alertmanager.yml:6:11: route.group_wait: ...` */
export function explainConfigFault({ message, path, place }: ConfigFault, file?: string): string {
  const where = [file, place && `${place.line}:${place.column}`].filter((part) => part !== undefined).join(':')
  return [where, path, message].filter((part) => part !== '').join(': ')
}
