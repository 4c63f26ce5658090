import type { ComponentType } from 'preact'
import type { ConsoleFacts } from 'boxman/runtime'
import type { IconName } from '../parts/icon.tsx'

/** A page of the console. Its code is loaded when it is first opened. */
export interface PageEntry {
  /** The first segment of its address. */
  readonly id: string
  readonly title: string
  readonly icon: IconName
  /** Undefined: whatever the service has. */
  readonly needs?: keyof ConsoleFacts['parts']
  readonly load: () => Promise<{ readonly default: ComponentType }>
}
