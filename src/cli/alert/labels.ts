import { LabelSet } from '../../series/index.ts'
import { Refusal } from './refusal.ts'

/** `severity=page team=db`, as they are typed; a value may be in quotes, as amtool takes it. @throws Refusal */
export function labelsOf(pairs: readonly string[]): LabelSet {
  const labels = new Map<string, string>()
  for (const pair of pairs) {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
    if (name === '') throw new Refusal([`${JSON.stringify(pair)}: expected a label, such as severity=page`])
    if (labels.has(name)) throw new Refusal([`${pair}: the label ${name} is there twice`])
    labels.set(name, unquoted(value))
  }
  return LabelSet.of(labels)
}

function unquoted(value: string): string {
  return /^"(.*)"$/s.exec(value)?.[1] ?? value
}
