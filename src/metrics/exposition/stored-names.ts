import type { MetricReader } from '../reader.ts'
import { familyNames, stateLabel } from './spelling.ts'

/** How whoever scrapes a metric's page stores it, whatever the page's format: with its names as they are. */
export interface StoredNames {
  /** What its series' names are, or begin with. */
  readonly sample: string
  /** Empty: none, or one that its name does not end in. */
  readonly unit: string
  /** The label in which a stateset's states stand. */
  readonly state: string
}

const AS_THEY_ARE = { kind: 'protobuf', contentType: '', utf8Names: true, createdLines: false } as const

export function storedNames(metric: MetricReader): StoredNames {
  const { sample, unit } = familyNames(metric, AS_THEY_ARE)
  return { sample, unit, state: stateLabel(metric, true) }
}
