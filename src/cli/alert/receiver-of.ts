import type { AlertingConfig, Receiver } from '../../alerting/index.ts'
import { Refusal } from './refusal.ts'

/** @throws Refusal that names those that there are. */
export function receiverOf({ receivers }: AlertingConfig, name: string): Receiver {
  const found = receivers.find((receiver) => receiver.name === name)
  if (found !== undefined) return found
  const names = receivers.map((receiver) => receiver.name).join(', ')
  throw new Refusal([`--receiver: there is no receiver ${JSON.stringify(name)}; there are ${names}`])
}
