import type { CommandDef } from 'citty'
import {
  type Channel,
  createChannel,
  type Integration,
  messageId,
  type Notification,
  type Outcome,
  type PreviewChannel,
} from '../../alerting/index.ts'
import { createChannelHost } from '../../runtime/index.ts'
import { LabelSet } from '../../series/index.ts'
import { safe } from '../query/safe.ts'
import { labelsOf } from './labels.ts'
import { loadAlerting, loadTemplates } from './load-alerting.ts'
import { notificationOf, notified, receiverOf } from './notification.ts'
import { Refusal, refusing } from './refusal.ts'

const ARGS = {
  file: { type: 'positional', required: true, description: 'The alertmanager.yml.' },
  label: { type: 'positional', required: false, description: 'Labels of the test besides its own: name=value ...' },
  receiver: { type: 'string', required: true, valueHint: 'NAME', description: 'Whose channels to test.' },
  resolve: { type: 'boolean', description: 'Sends the end of the test after its beginning.' },
} as const

const SEND_MS = 60_000
const OWN = { alertname: 'BoxmanTest', severity: 'info' }

export const testChannel: CommandDef<typeof ARGS> = {
  meta: { name: 'test-channel', description: 'Sends a message that says it is a test by each channel of a receiver.' },
  args: ARGS,
  run: ({ args }) =>
    refusing(async () => {
      const [file = '', ...pairs] = args._
      const labels = LabelSet.of({ ...OWN, ...labelsOf(pairs).toObject() })
      const { config } = await loadAlerting(file)
      const receiver = receiverOf(config, args.receiver)
      if (receiver.integrations.length === 0) {
        throw new Refusal([`receiver ${JSON.stringify(receiver.name)} has no channels: nobody would be told`])
      }
      const { templates, faults } = await loadTemplates(config)
      for (const fault of faults) process.stderr.write(`${safe(fault)}\n`)
      const host = await createChannelHost(templates, process.cwd())
      const startsAt = host.now()
      const messageAt = (at: number, endsAt: number | undefined): Notification => {
        const summary = `A test of the receiver ${receiver.name}`
        const alert = { labels, annotations: LabelSet.of({ summary }), startsAt, endsAt, generatorURL: '' }
        const message = notificationOf({ config, receiver, alerts: [notified(alert)], at })
        // No group of the service has this key: nothing of a real one is changed or closed.
        return { ...message, reason: 'test', groupKey: `test/${message.groupKey}` }
      }
      for (const integration of receiver.integrations) {
        const test = new ChannelTest(
          integration,
          createChannelOf(integration, (i) => createChannel(i, host)),
        )
        await test.send(messageAt(startsAt, undefined))
        if (args.resolve === true) {
          // Later than the beginning, whatever the clock does.
          const at = Math.max(host.now(), startsAt + 1)
          await test.send(messageAt(at, at))
        }
        await test.close()
      }
    }),
}

/** @throws Refusal for options that cannot be. */
function createChannelOf(integration: Integration, make: (integration: Integration) => PreviewChannel): Channel {
  try {
    return make(integration)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw new Refusal([error.message])
    throw error
  }
}

/** Tells what became of each message; exit code 1 for what was not delivered. */
class ChannelTest {
  readonly #integration: Integration
  readonly #channel: Channel
  #last: Outcome | undefined

  constructor(integration: Integration, channel: Channel) {
    this.#integration = integration
    this.#channel = channel
  }

  async send(message: Notification): Promise<void> {
    const { key, sendResolved } = this.#integration
    const isEnd = message.status === 'resolved'
    const what = isEnd ? 'the end' : 'the beginning'
    if (isEnd && this.#last?.kind !== 'delivered') return
    if (isEnd && !sendResolved) {
      process.stdout.write(`${safe(key)}: ${what} is not sent, as send_resolved is false\n`)
      return
    }
    const previous = this.#last?.kind === 'delivered' ? this.#last.note : undefined
    const id = messageId(message.groupKey, key, message.at)
    const whole = { ...message, id, ...(previous === undefined ? {} : { previous }) }
    this.#last = await this.#channel.send(whole, AbortSignal.timeout(SEND_MS))
    const told = explain(this.#last)
    process.stdout.write(`${safe(`${key}: ${what} ${told}`)}\n`)
    if (this.#last.kind !== 'delivered') process.exitCode = 1
  }

  async close(): Promise<void> {
    await this.#channel.close?.()
  }
}

function explain(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'delivered': {
      const fault = outcome.note?.['templateFault']
      return `was delivered${fault === undefined ? '' : `, with the default text, for a template has a fault: ${fault}`}`
    }
    case 'temporary': {
      const wait = outcome.afterMs === undefined ? '' : `, not before ${Math.ceil(outcome.afterMs / 1000)} s`
      return `was not delivered, and may be later${wait}: ${outcome.reason}`
    }
    case 'permanent':
      return `was refused: ${outcome.reason}`
    case 'gone':
      return `was refused, for the receiver is gone: ${outcome.reason}`
  }
}
