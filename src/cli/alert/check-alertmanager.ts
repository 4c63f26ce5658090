import type { CommandDef } from 'citty'
import {
  type AlertingConfig,
  type ChannelHost,
  createChannel,
  type Integration,
  notificationOf,
  notified,
  type Receiver,
} from '../../alerting/index.ts'
import { createChannelHost } from '../../runtime/index.ts'
import { LabelSet } from '../../series/index.ts'
import { safe } from '../query/safe.ts'
import { loadAlerting, loadTemplates } from './load-alerting.ts'
import { Refusal } from './refusal.ts'

type Args = { files: { type: 'positional'; required: true; description: string } }

interface Found {
  readonly faults: string[]
  readonly warnings: string[]
}

export const checkAlertmanager: CommandDef<Args> = {
  meta: {
    name: 'alertmanager',
    description: 'Checks an alertmanager.yml, its channels and its templates; names all that is wrong, with its line.',
  },
  args: { files: { type: 'positional', required: true, description: 'The files to check.' } },
  async run({ args }) {
    for (const file of args._) if (!(await checkFile(file))) process.exitCode = 1
  },
}

async function checkFile(file: string): Promise<boolean> {
  process.stdout.write(`Checking ${file}\n`)
  const found: Found = { faults: [], warnings: [] }
  let config: AlertingConfig | undefined
  try {
    const loaded = await loadAlerting(file)
    config = loaded.config
    found.warnings.push(...loaded.warnings)
    await checkParts(config, found)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    found.faults.push(...error.faults)
  }
  for (const warning of found.warnings) process.stderr.write(`  WARNING: ${safe(warning)}\n`)
  if (config === undefined || found.faults.length > 0) {
    process.stderr.write(`  FAILED:\n${found.faults.map((fault) => `${safe(fault)}\n`).join('')}\n`)
    return false
  }
  process.stdout.write(`  SUCCESS: ${summary(config)}\n\n`)
  return true
}

/** Channels are made as they would be to send, and each makes a message. */
async function checkParts(config: AlertingConfig, found: Found): Promise<void> {
  const { templates, faults, warnings } = await loadTemplates(config)
  found.faults.push(...faults)
  found.warnings.push(...warnings)
  const host = await createChannelHost(templates, process.cwd())
  for (const receiver of config.receivers) {
    for (const integration of receiver.integrations) await checkChannel(config, receiver, integration, host, found)
  }
}

async function checkChannel(
  config: AlertingConfig,
  receiver: Receiver,
  integration: Integration,
  host: ChannelHost,
  { faults, warnings }: Found,
): Promise<void> {
  const where = `receiver ${JSON.stringify(receiver.name)}: `
  const at = host.now()
  const alert = notified({
    labels: LabelSet.of({ alertname: 'Example', severity: 'warning' }),
    annotations: LabelSet.of({ summary: 'An example' }),
    startsAt: at,
    endsAt: undefined,
    generatorURL: '',
  })
  try {
    if (integration.kind === 'email' && host.smtp === undefined) {
      warnings.push(`${where}${integration.key}: needs nodemailer, which is not installed here: npm install nodemailer`)
    }
    const channel = createChannel(integration, host)
    const { fault } = await channel.preview(notificationOf({ config, receiver, alerts: [alert], at }))
    if (fault !== undefined) faults.push(`${where}${integration.key}: a template has a fault: ${fault}`)
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) faults.push(`${where}${error.message}`)
    // Secrets may be where the service runs, and not here.
    else if (error instanceof Error) warnings.push(`${where}${integration.key}: ${error.message}`)
    else throw error
  }
}

function summary({ receivers, templates, inhibitRules, timeIntervals }: AlertingConfig): string {
  const channels = receivers.reduce((sum, { integrations }) => sum + integrations.length, 0)
  return [
    counted(receivers.length, 'receiver'),
    counted(channels, 'channel'),
    counted(inhibitRules.length, 'inhibit rule'),
    counted(timeIntervals.length, 'time interval'),
    counted(templates.length, 'pattern of templates', 'patterns of templates'),
  ].join(', ')
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
