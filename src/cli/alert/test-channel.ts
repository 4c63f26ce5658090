import type { CommandDef } from 'citty'
import {
  type Channel,
  ChannelTest,
  createChannel,
  type Integration,
  type PreviewChannel,
  type Tested,
  testNotification,
} from '../../alerting/index.ts'
import { createChannelHost } from '../../runtime/index.ts'
import { safe } from '../query/safe.ts'
import { labelsOf } from './labels.ts'
import { loadAlerting, loadTemplates } from './load-alerting.ts'
import { receiverOf } from './receiver-of.ts'
import { Refusal, refusing } from './refusal.ts'

const ARGS = {
  file: { type: 'positional', required: true, description: 'The alertmanager.yml.' },
  label: { type: 'positional', required: false, description: 'Labels of the test besides its own: name=value ...' },
  receiver: { type: 'string', required: true, valueHint: 'NAME', description: 'Whose channels to test.' },
  resolve: { type: 'boolean', description: 'Sends the end of the test after its beginning.' },
} as const

export const testChannel: CommandDef<typeof ARGS> = {
  meta: { name: 'test-channel', description: 'Sends a message that says it is a test by each channel of a receiver.' },
  args: ARGS,
  run: ({ args }) =>
    refusing(async () => {
      const [file = '', ...pairs] = args._
      const labels = labelsOf(pairs)
      const { config } = await loadAlerting(file)
      const receiver = receiverOf(config, args.receiver)
      if (receiver.integrations.length === 0) {
        throw new Refusal([`receiver ${JSON.stringify(receiver.name)} has no channels: nobody would be told`])
      }
      const { templates, faults } = await loadTemplates(config)
      for (const fault of faults) process.stderr.write(`${safe(fault)}\n`)
      const host = await createChannelHost(templates, process.cwd())
      const startsAt = host.now()
      const occasion = { config, receiver, labels, startsAt }
      for (const integration of receiver.integrations) {
        const channel = createChannelOf(integration, (i) => createChannel(i, host))
        const test = new ChannelTest(integration, channel)
        tell(integration, await test.send(testNotification(occasion)))
        if (args.resolve === true) {
          // Later than the beginning, whatever the clock does.
          const endsAt = Math.max(host.now(), startsAt + 1)
          tell(integration, await test.send(testNotification({ ...occasion, endsAt })))
        }
        await channel.close?.()
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

/** Exit code 1 for what was not delivered. */
function tell({ key }: Integration, tested: Tested | undefined): void {
  if (tested === undefined) return
  process.stdout.write(`${safe(`${key}: ${tested.told}`)}\n`)
  if (tested.kind !== 'delivered' && tested.kind !== 'not-sent') process.exitCode = 1
}
