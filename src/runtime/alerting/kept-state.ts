import {
  type AlertingConfig,
  createState,
  type DispatchConfig,
  type DispatchEvent,
  type DispatchState,
  isWithin,
  loadState,
  type SavedState,
  saveState,
  step,
} from '../../alerting/index.ts'
import { fromJson, toJson } from './plain-data.ts'
import type { Found } from './state-log.ts'

/** What a line of the log says: the configuration is another one from there on, or something happened. */
type LogRecord = { readonly config: SavedConfig } | { readonly at: number; readonly event: DispatchEvent }

interface SavedConfig {
  readonly alerting: AlertingConfig
  readonly externalURL: string | undefined
}

export interface Recovered {
  readonly state: DispatchState
  /** When the last thing happened; 0: nothing has. */
  readonly at: number
  /** What could not be read. */
  readonly damage: readonly string[]
}

export function eventRecord(at: number, event: DispatchEvent): string {
  return toJson({ at, event } satisfies LogRecord)
}

export function configRecord(config: DispatchConfig): string {
  return toJson({ config: savedConfig(config) } satisfies LogRecord)
}

export function snapshotOf(state: DispatchState, config: DispatchConfig, at: number): string {
  return JSON.stringify({ at, config: toJson(savedConfig(config)), saved: saveState(state) })
}

/** What the events before made, by the configuration of their time: none of their effects is carried out again. */
export function recover({ snapshot, records }: Found, seed: number): Recovered {
  const damage: string[] = []
  let { state, at, config } = startOf(snapshot, seed, damage)
  for (const [i, line] of records.entries()) {
    try {
      const record = recordOf(line)
      if ('config' in record) config = dispatchConfig(record.config)
      else if (config !== undefined) {
        at = Math.max(at, record.at)
        state = step(state, record.event, record.at, config).state
      }
    } catch (error) {
      damage.push(`record ${i + 1} of ${records.length}: ${messageOf(error)}`)
    }
  }
  // What is derived from a configuration is found again under the one in force.
  return { state: loadState(plain(saveState(state))), at, damage }
}

function startOf(
  snapshot: string | undefined,
  seed: number,
  damage: string[],
): { readonly state: DispatchState; readonly at: number; readonly config: DispatchConfig | undefined } {
  if (snapshot === undefined) return { state: createState({ seed }), at: 0, config: undefined }
  try {
    const read: unknown = JSON.parse(snapshot)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by snapshotOf
    const { at, config, saved } = read as { at: number; config: string; saved: SavedState }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    return { state: loadState(saved), at, config: dispatchConfig(fromJson(config) as SavedConfig) }
  } catch (error) {
    damage.push(`the snapshot: ${messageOf(error)}`)
    return { state: createState({ seed }), at: 0, config: undefined }
  }
}

function recordOf(line: string): LogRecord {
  const read = fromJson(line)
  if (typeof read !== 'object' || read === null || !('config' in read || 'event' in read)) throw new Error('it is none')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by the functions above
  return read as LogRecord
}

/** Without what channels need, secrets among it. */
function savedConfig({ alerting, externalURL }: DispatchConfig): SavedConfig {
  const receivers = alerting.receivers.map(({ integrations, ...receiver }) => ({
    ...receiver,
    integrations: integrations.map((each) => ({ ...each, options: {} })),
  }))
  return { alerting: { ...alerting, receivers }, externalURL }
}

function dispatchConfig({ alerting, externalURL }: SavedConfig): DispatchConfig {
  return { alerting, externalURL, isWithin }
}

function plain(saved: SavedState): SavedState {
  const copy: SavedState = JSON.parse(JSON.stringify(saved))
  return copy
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
