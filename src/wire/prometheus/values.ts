import { LabelSet } from '../../series/index.ts'
import { isRecord, ServerError } from './server.ts'

const WORDS: Readonly<Record<string, number>> = { NaN, '+Inf': Infinity, '-Inf': -Infinity, Inf: Infinity }

/** A sample's value as the API spells it. */
export function numberOf(text: unknown): number {
  const value = typeof text === 'string' ? (WORDS[text] ?? (text.trim() === '' ? undefined : Number(text))) : undefined
  if (value === undefined || (Number.isNaN(value) && text !== 'NaN')) throw unexpected('a value', text)
  return value
}

/** Seconds as the API gives them, in ms. */
export function timeOf(seconds: unknown): number {
  if (typeof seconds !== 'number') throw unexpected('a time', seconds)
  return Math.round(seconds * 1000)
}

export function labelsOf(metric: unknown): LabelSet {
  if (!isRecord(metric)) throw unexpected('labels', metric)
  return LabelSet.of(Object.entries(metric).map(([name, value]): [string, string] => [name, String(value)]))
}

export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw unexpected('a list', value)
  return value
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw unexpected('an object', value)
  return value
}

/** Seconds, for a parameter. */
export function seconds(ms: number): string {
  return String(ms / 1000)
}

function unexpected(what: string, given: unknown): ServerError {
  const shown = JSON.stringify(given) ?? 'nothing'
  return new ServerError('unavailable', `the server answered ${shown.slice(0, 100)} where ${what} was expected`)
}
