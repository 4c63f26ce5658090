import type { CommandDef } from 'citty'
import {
  type ChannelHost,
  createChannel,
  type GivenAlert,
  type Integration,
  type Notification,
  notificationOf,
  notified,
} from '../../alerting/index.ts'
import { createChannelHost } from '../../runtime/index.ts'
import { LabelSet } from '../../series/index.ts'
import { safe } from '../query/safe.ts'
import { readAlertsFile } from './alerts-file.ts'
import { labelsOf } from './labels.ts'
import { loadAlerting, loadTemplates } from './load-alerting.ts'
import { receiverOf } from './receiver-of.ts'
import { Refusal, refusing } from './refusal.ts'

const ARGS = {
  file: { type: 'positional', required: true, description: 'The alertmanager.yml.' },
  label: { type: 'positional', required: false, description: 'Labels of the alert to show: name=value ...' },
  receiver: { type: 'string', required: true, valueHint: 'NAME', description: 'Whose messages to show.' },
  status: { type: 'string', valueHint: 'firing|resolved', description: 'Whether it fires or is over.' },
  alerts: {
    type: 'string',
    valueHint: 'FILE.json',
    description: 'Alerts as they are posted to Alertmanager, in place of one with the labels given.',
  },
} as const

type Status = Notification['status']

/** How long the alert that is shown has been firing. */
const SINCE_MS = 5 * 60_000

export const preview: CommandDef<typeof ARGS> = {
  meta: {
    name: 'preview',
    description: 'Shows what each channel of a receiver would send, without secrets; sends nothing.',
  },
  args: ARGS,
  run: ({ args }) =>
    refusing(async () => {
      const [file = '', ...pairs] = args._
      if (args.alerts !== undefined && pairs.length > 0) {
        throw new Refusal(['--alerts: the file says what the labels are; leave out those given'])
      }
      const status = statusOf(args.status)
      const { config } = await loadAlerting(file)
      const receiver = receiverOf(config, args.receiver)
      const { templates, faults } = await loadTemplates(config)
      complain(faults)
      const host = await createChannelHost(templates, process.cwd())
      const at = host.now()
      const given = args.alerts === undefined ? [exampleOf(pairs, at)] : await readAlertsFile(args.alerts, at)
      const alerts = given.map((alert) => notified(withStatus(alert, status, at)))
      const notification = notificationOf({ config, receiver, alerts, at })
      if (receiver.integrations.length === 0)
        process.stdout.write(`${receiver.name} tells nobody: it has no channels\n`)
      for (const integration of receiver.integrations) await show(integration, notification, host)
    }),
}

async function show(integration: Integration, notification: Notification, host: ChannelHost): Promise<void> {
  const { key, sendResolved } = integration
  if (notification.status === 'resolved' && !sendResolved) {
    process.stdout.write(`${safe(key)}: sends nothing, as send_resolved is false\n\n`)
    return
  }
  try {
    const { contentType, body, fault } = await createChannel(integration, host).preview(notification)
    process.stdout.write(safe(`${key}: ${contentType}\n${pretty(contentType, body)}\n\n`))
    if (fault !== undefined) complain([`${key}: a template has a fault, the default text is sent: ${fault}`])
  } catch (error) {
    complain([error instanceof Error ? withKey(key, error.message) : String(error)])
  }
}

function complain(faults: readonly string[]): void {
  for (const fault of faults) process.stderr.write(`${safe(fault)}\n`)
  if (faults.length > 0) process.exitCode = 1
}

function withKey(key: string, message: string): string {
  return message.startsWith(`${key}: `) ? message : `${key}: ${message}`
}

function pretty(contentType: string, body: string): string {
  if (!contentType.includes('json')) return body
  try {
    return JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    return body
  }
}

function exampleOf(pairs: readonly string[], at: number): GivenAlert {
  const labels = labelsOf(pairs)
  return {
    labels: labels.get('alertname') === '' ? labels.with('alertname', 'Example') : labels,
    annotations: LabelSet.of({ summary: 'What the summary of the alert says', description: 'And its description.' }),
    startsAt: at - SINCE_MS,
    endsAt: undefined,
    generatorURL: '',
  }
}

function statusOf(given: string | undefined): Status | undefined {
  if (given === undefined || given === 'firing' || given === 'resolved') return given
  throw new Refusal([`--status: expected firing or resolved, given ${JSON.stringify(given)}`])
}

function withStatus(alert: GivenAlert, status: Status | undefined, at: number): GivenAlert {
  if (status === undefined) return alert
  return { ...alert, endsAt: status === 'firing' ? undefined : (alert.endsAt ?? at) }
}
