import { compareText } from '../../series/index.ts'
import { fn, type TemplateFunction } from './function.ts'
import { type ListValue, text, type Value } from './value.ts'

type MapValue = Extract<Value, { type: 'map' }>

/** Alertmanager puts `alertname` before the other labels. */
const FIRST_NAME = 'alertname'

/** Alertmanager's methods of labels and annotations: template.KV. */
export function kvMethod(map: MapValue, name: string): TemplateFunction | undefined {
  switch (name) {
    case 'SortedPairs':
      return fn([], () => pairsOf(map))
    case 'Remove':
      return fn(['texts'], ([names]) => removed(map, names))
    case 'Names':
      return fn([], () => column(pairsOf(map), 'Name'))
    case 'Values':
      return fn([], () => column(pairsOf(map), 'Value'))
    default:
      return undefined
  }
}

/** Alertmanager's methods of alerts and pairs. */
export function listMethod(list: ListValue, name: string): TemplateFunction | undefined {
  if (list.of === 'template.Alerts') {
    if (name === 'Firing') return fn([], () => alertsThat(list, 'firing'))
    if (name === 'Resolved') return fn([], () => alertsThat(list, 'resolved'))
  }
  if (list.of === 'template.Pairs') {
    if (name === 'Names') return fn([], () => column(list, 'Name'))
    if (name === 'Values') return fn([], () => column(list, 'Value'))
  }
  return undefined
}

export function textList(texts: readonly string[]): ListValue {
  return { type: 'list', of: '[]string', items: texts.map((each) => text(each)) }
}

function pairsOf({ entries }: MapValue): ListValue {
  const rank = (name: string): number => (name === FIRST_NAME ? 0 : 1)
  const items = Array.from(entries)
    .sort(([a], [b]) => rank(a) - rank(b) || compareText(a, b))
    .map(([name, value]): Value => ({
      type: 'data',
      of: 'template.Pair',
      fields: new Map([
        ['Name', text(name)],
        ['Value', value],
      ]),
    }))
  return { type: 'list', of: 'template.Pairs', items }
}

function removed(map: MapValue, names: Value | undefined): Value {
  const gone = new Set(
    names?.type === 'list' ? names.items.map((name) => (name.type === 'string' ? name.value : '')) : [],
  )
  return { ...map, entries: new Map(Array.from(map.entries).filter(([name]) => !gone.has(name))) }
}

function column(pairs: ListValue, field: 'Name' | 'Value'): ListValue {
  return { type: 'list', of: '[]string', items: pairs.items.flatMap((pair) => fieldIn(pair, field)) }
}

function alertsThat(list: ListValue, status: string): ListValue {
  return {
    ...list,
    items: list.items.filter((alert) =>
      fieldIn(alert, 'Status').some((own) => own.type === 'string' && own.value === status),
    ),
  }
}

function fieldIn(value: Value, name: string): readonly Value[] {
  const found = value.type === 'data' ? value.fields.get(name) : undefined
  return found === undefined ? [] : [found]
}
