import { durationText, formatTime, timeParts, timeText } from './go-time.ts'
import { fn, type TemplateFunction } from './function.ts'
import { float, int, NIL, text, typeName, type Value } from './value.ts'

const ZERO_TEXT = text('')
const MINUTE = 60_000_000_000

/** What `.name` of a value is; undefined: it has no such thing. */
export function fieldOf(value: Value, name: string): Value | undefined {
  switch (value.type) {
    case 'nil':
      return NIL
    case 'map':
      return value.entries.get(name) ?? (value.of === 'string' ? ZERO_TEXT : NIL)
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
    case 'time':
    case 'duration':
      return undefined
  }
}

/** The methods of times and durations that a template may want. */
export function methodOf(value: Value, name: string): TemplateFunction | undefined {
  if (value.type === 'time') return timeMethod(value.ns, name)
  if (value.type === 'duration') return durationMethod(value.ns, name)
  return value.type === 'histogram' && name === 'String' ? fn([], () => text(value.text)) : undefined
}

function timeMethod(ns: bigint, name: string): TemplateFunction | undefined {
  const parts = timeParts(ns)
  switch (name) {
    case 'Format':
      return fn(['string'], ([layout]) => text(formatTime(ns, layout?.type === 'string' ? layout.value : '')))
    case 'String':
      return fn([], () => text(timeText(ns)))
    case 'UTC':
      return fn([], () => ({ type: 'time', ns }))
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
