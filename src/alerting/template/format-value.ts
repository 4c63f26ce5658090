import { compareText } from '../../series/index.ts'
import { formatFloat } from './go-float.ts'
import { durationText, monthName, timeText, weekdayName } from './go-time.ts'
import type { Value } from './value.ts'

/** As Go's %v prints it; `plus` as %+v, with the names of fields. */
export function valueText(value: Value, plus = false): string {
  switch (value.type) {
    case 'nil':
      return '<nil>'
    case 'bool':
      return String(value.value)
    case 'int':
      if (value.of === 'time.Month') return monthName(Number(value.value))
      return value.of === 'time.Weekday' ? weekdayName(Number(value.value)) : value.value.toString()
    case 'float':
      return formatFloat(value.value, 'g', -1)
    case 'string':
      return value.value
    case 'map': {
      const keys = [...value.entries.keys()].sort(compareText)
      return `map[${keys.map((key) => `${key}:${valueText(value.entries.get(key) ?? { type: 'nil' }, plus)}`).join(' ')}]`
    }
    case 'vector':
      return `[${value.samples.map((sample) => valueText(sample, plus)).join(' ')}]`
    case 'list':
      return `[${value.items.map((item) => valueText(item, plus)).join(' ')}]`
    case 'sample': {
      const [labels, own] = [valueText(value.labels, plus), valueText(value.value, plus)]
      return plus ? `&{Labels:${labels} Value:${own}}` : `&{${labels} ${own}}`
    }
    case 'histogram':
      return value.text
    case 'time':
      return timeText(value.ns, value.zone)
    case 'duration':
      return durationText(value.ns)
    case 'data':
      return `{${Array.from(value.fields, ([name, own]) => (plus ? `${name}:` : '') + valueText(own, plus)).join(' ')}}`
  }
}

/** What an action that gives this value writes: what is pointed to, not the pointer. */
export function printedText(value: Value): string {
  if (value.type === 'nil') return '<no value>'
  return value.type === 'sample' ? valueText(value).slice(1) : valueText(value)
}

/** Go's Sprint: a space between two that are both no texts. */
export function sprint(values: readonly Value[], show: (value: Value) => string = valueText): string {
  return values
    .map((value, i) => {
      const before = values[i - 1]
      const spaced = before !== undefined && before.type !== 'string' && value.type !== 'string'
      return (spaced ? ' ' : '') + show(value)
    })
    .join('')
}
