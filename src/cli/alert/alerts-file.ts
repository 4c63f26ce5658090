import { LabelSet } from '../../series/index.ts'
import { textOf } from './load-alerting.ts'
import type { GivenAlert } from '../../alerting/index.ts'
import { Refusal } from './refusal.ts'

/** Alerts as they are posted to Alertmanager: a list of labels, annotations, startsAt, endsAt, generatorURL. @throws Refusal */
export async function readAlertsFile(file: string, now: number): Promise<readonly GivenAlert[]> {
  const given = parsed(file, await textOf(file))
  if (!Array.isArray(given) || given.length === 0) {
    throw new Refusal([`${file}: expected a list of alerts, such as [{"labels": {"alertname": "X"}}]`])
  }
  return given.map((each: unknown, i) => alertOf(each, now, `${file}: [${i}]`))
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Refusal([`${file}: ${cause instanceof Error ? cause.message : String(cause)}`])
  }
}

function alertOf(given: unknown, now: number, where: string): GivenAlert {
  if (typeof given !== 'object' || given === null) throw new Refusal([`${where}: an alert is an object`])
  const of = (name: string): unknown => Reflect.get(given, name)
  const labels = textsOf(of('labels'), `${where}.labels`)
  if (labels.size === 0) throw new Refusal([`${where}.labels: an alert has at least one label`])
  const endsAt = timeOf(of('endsAt'), `${where}.endsAt`)
  return {
    labels,
    annotations: textsOf(of('annotations'), `${where}.annotations`),
    startsAt: timeOf(of('startsAt'), `${where}.startsAt`) ?? now,
    endsAt: endsAt !== undefined && endsAt <= now ? endsAt : undefined,
    generatorURL: textIn(of('generatorURL'), `${where}.generatorURL`),
  }
}

function textsOf(given: unknown, where: string): LabelSet {
  if (given === undefined) return LabelSet.EMPTY
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new Refusal([`${where}: expected an object of texts`])
  }
  return LabelSet.of(Object.entries(given).map(([name, value]) => [name, textIn(value, `${where}.${name}`)] as const))
}

function textIn(given: unknown, where: string): string {
  if (given === undefined) return ''
  if (typeof given === 'string') return given
  throw new Refusal([`${where}: expected a text, given ${JSON.stringify(given)}`])
}

/** Alertmanager writes the year 1 for no time. */
function timeOf(given: unknown, where: string): number | undefined {
  if (given === undefined || given === '0001-01-01T00:00:00Z') return undefined
  const ms = typeof given === 'string' ? Date.parse(given) : NaN
  if (Number.isFinite(ms)) return ms
  throw new Refusal([`${where}: expected a time such as 2026-11-21T17:00:00Z, given ${JSON.stringify(given)}`])
}
