import type { Attributes, AttributeValue } from './span-data.ts'

/** Keys and values by turns: for the few that a span has, quicker than a map to write, and never read where it is dropped. */
export type AttributeList = (string | AttributeValue)[]

const MAX_ITEMS = 128

/** Whether it was taken. A key that is there already gets the new value. */
export function putAttribute(list: AttributeList, key: string, value: AttributeValue, limit: number): boolean {
  for (let i = 0; i < list.length; i += 2) {
    if (list[i] === key) {
      list[i + 1] = value
      return true
    }
  }
  if (list.length >= limit * 2 || key === '') return false
  list.push(key, value)
  return true
}

/** The value as it is kept: cut to its length; undefined for what is no value. */
export function acceptedValue(value: unknown, length: number): AttributeValue | undefined {
  if (typeof value === 'string') return value.length > length ? value.slice(0, length) : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return acceptedList(value, length)
}

/** Bytes of memory, about. */
export function weightOf(value: AttributeValue): number {
  if (typeof value === 'string') return value.length * 2
  if (typeof value !== 'object') return 8
  let sum = 16
  for (const one of value) sum += typeof one === 'string' ? one.length * 2 + 16 : 8
  return sum
}

export function attributesOf(list: AttributeList | undefined): Readonly<Record<string, AttributeValue>> {
  const attributes: Record<string, AttributeValue> = {}
  if (list === undefined) return attributes
  for (let i = 0; i + 1 < list.length; i += 2) {
    const value = list[i + 1]
    if (value !== undefined) attributes[String(list[i])] = value
  }
  return attributes
}

/** As many of an event's or a link's as are allowed, each of them cut. */
export function acceptedAttributes(attributes: Attributes | undefined, most: number, length: number): AttributeList {
  const list: AttributeList = []
  for (const key in attributes) {
    const value = acceptedValue(attributes[key], length)
    if (value !== undefined) putAttribute(list, key, value, most)
  }
  return list
}

function acceptedList(value: unknown, length: number): AttributeValue | undefined {
  if (!Array.isArray(value)) return undefined
  const list: readonly unknown[] = value.slice(0, MAX_ITEMS)
  const [first] = list
  if (list.every((one) => typeof one === 'string')) return list.map((one) => one.slice(0, length))
  if (typeof first === 'number' && list.every((one) => typeof one === 'number')) return list
  if (typeof first === 'boolean' && list.every((one) => typeof one === 'boolean')) return list
  return undefined
}
