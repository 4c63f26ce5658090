import type { Html, Sheet } from './sheet.ts'
import type { SnapshotSources } from './sources.ts'

export interface Made {
  readonly body: Html
  /** In a few words, for the head of the file. */
  readonly glance: string
  /** Where the head is to point it out. */
  readonly tone?: 'warning' | 'critical' | undefined
}

/** A part of a snapshot. One that fails says so; the others stand. */
export interface Section {
  readonly id: string
  readonly title: string
  make(sheet: Sheet, sources: SnapshotSources): Promise<Made> | Made
}
