import { compareText, LabelSet, METRIC_NAME_LABEL } from '../../series/index.ts'
import type { KeyValue } from './model.ts'
import { labelName } from './names.ts'
import { valueText } from './value-text.ts'

const SERVICE = { name: 'service.name', namespace: 'service.namespace', instance: 'service.instance.id' } as const

/** What a resource gives to each of its series. */
export interface Target {
  readonly job: string | undefined
  readonly instance: string | undefined
  /** Labels of `target_info`; undefined when it would say nothing, or of nobody. */
  readonly info: LabelSet | undefined
}

export function targetOf(attributes: readonly KeyValue[]): Target {
  const found = new Map(attributes)
  const text = (key: string): string | undefined => (found.has(key) ? valueText(found.get(key)) : undefined)
  const [name, namespace] = [text(SERVICE.name), text(SERVICE.namespace)]
  const job = name === undefined || namespace === undefined ? name : `${namespace}/${name}`
  const target = { job, instance: text(SERVICE.instance), info: undefined }
  const identifying: readonly string[] = Object.values(SERVICE)
  const others = attributes.filter(([key]) => !identifying.includes(key))
  const known = (job ?? '') !== '' || (target.instance ?? '') !== ''
  return others.length === 0 || !known ? target : { ...target, info: labelsOf('target_info', others, target) }
}

/** Keys that are one label's name share it, their values joined. */
export function labelsOf(
  name: string,
  attributes: readonly KeyValue[],
  { job, instance }: Pick<Target, 'job' | 'instance'>,
  extra?: readonly [name: string, value: string],
): LabelSet {
  const labels = new Map<string, string>()
  const sorted = attributes.length < 2 ? attributes : [...attributes].sort(([a], [b]) => compareText(a, b))
  for (const [key, value] of sorted) {
    if (key === '') continue
    const label = labelName(key)
    const before = labels.get(label)
    labels.set(label, before === undefined ? valueText(value) : `${before};${valueText(value)}`)
  }
  if (job !== undefined) labels.set('job', job)
  if (instance !== undefined) labels.set('instance', instance)
  if (extra !== undefined) labels.set(...extra)
  labels.set(METRIC_NAME_LABEL, name)
  return LabelSet.of(labels)
}
