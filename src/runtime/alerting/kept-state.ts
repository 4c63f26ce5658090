import {
  type AlertingConfig,
  createState,
  type DispatchConfig,
  type DispatchEvent,
  type DispatchState,
  forgetDerived,
  isWithin,
  type SavedPart,
  saveParts,
  StateLoader,
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

/** The lines of a snapshot: a head, and the parts of the state as it is now, made while they are asked for. */
export function snapshotOf(state: DispatchState, config: DispatchConfig, at: number): Iterable<string> {
  const head = toJson({ at, config: savedConfig(config) } satisfies Head)
  const parts = saveParts(state)
  return (function* () {
    yield head
    for (const part of parts) yield JSON.stringify(part)
    yield END
  })()
}

/** The last line of a snapshot. */
const END = 'end'

interface Head {
  readonly at: number
  readonly config: SavedConfig
}

/** What the events before made, by the configuration of their time: none of their effects is carried out again. */
export function recover({ snapshot, records }: Found, seed: number): Recovered {
  const damage: string[] = []
  let { state, at, config } = startOf(snapshot, seed, damage)
  let count = 0
  for (const line of records) {
    count++
    try {
      const record = recordOf(line)
      if ('config' in record) config = dispatchConfig(record.config)
      else if (config !== undefined) {
        at = Math.max(at, record.at)
        state = step(state, record.event, record.at, config).state
      }
    } catch (error) {
      damage.push(`record ${count}: ${messageOf(error)}`)
    }
  }
  forgetDerived(state)
  return { state, at, damage }
}

function startOf(
  lines: Iterable<string> | undefined,
  seed: number,
  damage: string[],
): { readonly state: DispatchState; readonly at: number; readonly config: DispatchConfig | undefined } {
  const start = { state: createState({ seed }), at: 0, config: undefined }
  if (lines === undefined) return start
  let head: Head | undefined
  let loader: StateLoader | undefined
  let count = 0
  let last = ''
  for (const line of lines) {
    count++
    last = line
    if (line === END) break
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by snapshotOf
      if (head === undefined) head = fromJson(line) as Head
      else {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
        const part = JSON.parse(line) as SavedPart
        if (part.kind === 'state') loader = new StateLoader(part.of)
        else loader?.take(part)
      }
    } catch (error) {
      damage.push(`the snapshot, part ${count}: ${messageOf(error)}`)
    }
  }
  if (last !== END) damage.push('the snapshot has no end')
  if (head === undefined || loader === undefined) {
    damage.push('the snapshot has no beginning')
    return start
  }
  const { state } = loader
  // What is missing may be groups: they are made anew.
  if (damage.length > 0) state.routing = ''
  return { state, at: head.at, config: dispatchConfig(head.config) }
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
