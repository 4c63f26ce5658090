import { kvMethod, listMethod } from './alert-data.ts'
import { fn, FunctionError, type TemplateFunction } from './function.ts'
import { durationText, formatTime, timeParts, timeText } from './go-time.ts'
import { isZone, offsetAt } from './time-zone.ts'
import { bool, float, int, NIL, text, typeName, type Value, ZERO_TIME_NS } from './value.ts'

const ZERO_TEXT = text('')
const MINUTE = 60_000_000_000

/** What `.name` of a value is; undefined: it has no such thing. */
export function fieldOf(value: Value, name: string): Value | undefined {
  switch (value.type) {
    case 'nil':
      return NIL
    case 'map':
      return value.entries.get(name) ?? (value.of === 'any' ? NIL : ZERO_TEXT)
    case 'data':
      return value.fields.get(name)
    case 'sample':
      if (name === 'Labels') return value.labels
      return name === 'Value' ? value.value : undefined
    case 'histogram':
      if (name === 'Count') return float(value.value.count)
      return name === 'Sum' ? float(value.value.sum) : undefined
    case 'bool':
    case 'int':
    case 'float':
    case 'string':
    case 'vector':
    case 'list':
    case 'time':
    case 'duration':
      return undefined
  }
}

/** The methods that a template may want. */
export function methodOf(value: Value, name: string): TemplateFunction | undefined {
  if (value.type === 'time') return timeMethod(value, name)
  if (value.type === 'list') return listMethod(value, name)
  if (value.type === 'map') return value.of === 'kv' ? kvMethod(value, name) : undefined
  if (value.type === 'duration') return durationMethod(value.ns, name)
  return value.type === 'histogram' && name === 'String' ? fn([], () => text(value.text)) : undefined
}

type Time = Extract<Value, { type: 'time' }>

function timeMethod({ ns, zone }: Time, name: string): TemplateFunction | undefined {
  const parts = timeParts(ns, offsetAt(ns, zone).seconds)
  switch (name) {
    case 'Format':
      return fn(['string'], ([layout]) => text(formatTime(ns, layout?.type === 'string' ? layout.value : '', zone)))
    case 'String':
      return fn([], () => text(timeText(ns, zone)))
    case 'UTC':
      return fn([], () => ({ type: 'time', ns }))
    case 'Local':
      return fn([], () => ({ type: 'time', ns }))
    case 'IsZero':
      return fn([], () => bool(ns === ZERO_TIME_NS))
    case 'Before':
      return fn(['time'], ([other]) => bool(ns < nanosecondsOf(other)))
    case 'After':
      return fn(['time'], ([other]) => bool(ns > nanosecondsOf(other)))
    case 'Equal':
      return fn(['time'], ([other]) => bool(ns === nanosecondsOf(other)))
    case 'Sub':
      return fn(['time'], ([other]) => ({ type: 'duration', ns: saturated(ns - nanosecondsOf(other)) }))
    case 'Add':
      return fn(['duration'], ([other]) => ({ type: 'time', ns: ns + nanosecondsOf(other), ...zoned(zone) }))
    case 'Unix':
      return fn([], () => int((ns - BigInt(parts.nanosecond)) / 1_000_000_000n, 'int64'))
    case 'UnixMilli':
      return fn([], () => int(ns / 1_000_000n, 'int64'))
    case 'UnixNano':
      return fn([], () => int(ns, 'int64'))
    case 'Year':
      return fn([], () => int(parts.year))
    case 'Month':
      return fn([], () => int(parts.month, 'time.Month'))
    case 'Day':
      return fn([], () => int(parts.day))
    case 'Hour':
      return fn([], () => int(parts.hour))
    case 'Minute':
      return fn([], () => int(parts.minute))
    case 'Second':
      return fn([], () => int(parts.second))
    case 'Nanosecond':
      return fn([], () => int(parts.nanosecond))
    case 'Weekday':
      return fn([], () => int(parts.weekday, 'time.Weekday'))
    case 'YearDay':
      return fn([], () => int(parts.yearDay))
    default:
      return undefined
  }
}

function nanosecondsOf(value: Value | undefined): bigint {
  return value?.type === 'time' || value?.type === 'duration' ? value.ns : 0n
}

/** As far as Go's duration reaches. */
function saturated(ns: bigint): bigint {
  const most = 2n ** 63n
  if (ns >= most) return most - 1n
  return ns < -most ? -most : ns
}

function zoned(zone: string | undefined): { readonly zone?: string } {
  return zone === undefined ? {} : { zone }
}

/** The same moment elsewhere. @throws FunctionError for no zone. */
export function timeIn(value: Value | undefined, zone: string): Value {
  if (!isZone(zone)) throw new FunctionError(`unknown time zone ${zone}`)
  return { type: 'time', ns: nanosecondsOf(value), zone }
}

function durationMethod(ns: bigint, name: string): TemplateFunction | undefined {
  const size = Number(ns)
  switch (name) {
    case 'String':
      return fn([], () => text(durationText(ns)))
    case 'Hours':
      return fn([], () => float(size / (60 * MINUTE)))
    case 'Minutes':
      return fn([], () => float(size / MINUTE))
    case 'Seconds':
      return fn([], () => float(size / 1e9))
    case 'Milliseconds':
      return fn([], () => int(ns / 1_000_000n, 'int64'))
    case 'Microseconds':
      return fn([], () => int(ns / 1000n, 'int64'))
    case 'Nanoseconds':
      return fn([], () => int(ns, 'int64'))
    default:
      return undefined
  }
}

/** As Go complains of a field that is not there. */
export function noField(value: Value, name: string): string {
  return `can't evaluate field ${name} in type ${typeName(value)}`
}
