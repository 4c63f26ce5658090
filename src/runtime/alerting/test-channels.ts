import { type AlertingConfig, type Channel, ChannelTest, testNotification } from '../../alerting/index.ts'
import { LabelSet } from '../../series/index.ts'
import type { TestedChannel } from './door.ts'

export interface TestQuestion {
  readonly config: AlertingConfig
  /** By the keys of integrations. */
  readonly channels: ReadonlyMap<string, Channel>
  readonly receiver: string
  /** Undefined: all of the receiver. */
  readonly integration: string | undefined
  readonly at: number
}

/** Somebody waits for the answer. */
const SEND_MS = 20_000

/** Undefined: there is no such receiver, or it has no such integration. */
export async function testChannels(question: TestQuestion): Promise<readonly TestedChannel[] | undefined> {
  const { config, channels, receiver: name, integration: wanted, at } = question
  const receiver = config.receivers.find((each) => each.name === name)
  if (receiver === undefined) return undefined
  const integrations = receiver.integrations.filter(({ key }) => wanted === undefined || key === wanted)
  if (wanted !== undefined && integrations.length === 0) return undefined
  const message = testNotification({ config, receiver, labels: LabelSet.EMPTY, startsAt: at })
  const tested = await Promise.all(
    integrations.map(async (integration): Promise<readonly TestedChannel[]> => {
      const channel = channels.get(integration.key)
      if (channel === undefined) return []
      const result = await new ChannelTest(integration, channel).send(message, SEND_MS)
      return result === undefined ? [] : [{ integration: integration.key, ...result }]
    }),
  )
  return tested.flat()
}
