import { compareText } from '../../series/index.ts'
import { valueText } from './format-value.ts'
import { int, NIL, text, type Value } from './value.ts'

type Entries = Iterable<readonly [key: Value, element: Value]>

/**
 * What `range` goes over: key and element of each, as they are asked for. A text says why there is nothing to go over.
 * @param variables how many `range` declares
 */
export function iterate(over: Value, variables: number): string | Entries {
  switch (over.type) {
    case 'nil':
      return []
    case 'vector':
      return over.samples.map((sample, i) => [int(i), sample] as const)
    case 'list':
      return over.items.map((item, i) => [int(i), item] as const)
    case 'map':
      return Array.from(over.entries)
        .sort(([a], [b]) => compareText(a, b))
        .map(([key, value]) => [text(key), value] as const)
    case 'int':
      if (variables > 1) return `can't use ${over.value} to iterate over more than one variable`
      return count(over.value)
    case 'bool':
    case 'float':
    case 'string':
    case 'sample':
    case 'histogram':
    case 'time':
    case 'duration':
    case 'data':
      return `range can't iterate over ${valueText(over).replace(/^&/, '')}`
  }
}

function* count(to: bigint): Entries {
  for (let i = 0n; i < to; i++) yield [NIL, int(i)]
}
