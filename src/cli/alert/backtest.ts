import type { CommandDef } from 'citty'
import { explainRuleFault, readRuleFile, type RuleGroup } from '../../alerting/index.ts'
import { readExpression } from '../../promql/index.ts'
import { backtest, type Backtested, backtestedJson, type BacktestedRule, firedText } from '../../runtime/index.ts'
import { formatDuration } from '../../series/index.ts'
import { safe } from '../query/safe.ts'
import { textOf } from './load-alerting.ts'
import { Refusal, refusing } from './refusal.ts'

const ARGS = {
  file: { type: 'positional', required: true, description: 'The file of rules.' },
  rule: { type: 'string', valueHint: 'NAME', description: 'Only the alerting rule of this name.' },
  since: { type: 'string', default: '7d', valueHint: 'D', description: 'How far back, such as 7d.' },
  until: { type: 'string', valueHint: 'T', description: 'To when: seconds since the epoch or RFC 3339. Default: now.' },
  interval: {
    type: 'string',
    default: '1m',
    valueHint: 'D',
    description: 'Between evaluations, where a group states none.',
  },
  data: {
    type: 'string',
    valueHint: 'DIR',
    description: 'The folder of a store, which no process has open; it is only read.',
  },
  url: {
    type: 'string',
    default: 'http://127.0.0.1:9090',
    description: 'Without --data: a server with the Prometheus HTTP API.',
  },
  token: { type: 'string', description: 'Sent to the server as a bearer token.' },
  json: { type: 'boolean', description: 'As JSON, for programs.' },
} as const

/** Of one rule; more are counted. */
const MAX_SHOWN = 50

export const backtestRules: CommandDef<typeof ARGS> = {
  meta: {
    name: 'backtest',
    description: 'Evaluates alerting rules over the past: how often they would have fired, when, how long.',
  },
  args: ARGS,
  run: ({ args }) =>
    refusing(async () => {
      const { file, rule, since, until, interval, data, url, token } = args
      const groups = await readGroups(file)
      const tested = await backtest({ file, groups, rule, since, until, interval, data, url, token })
      if (tested.rules.some(({ failures }) => failures > 0)) process.exitCode = 1
      process.stdout.write(
        args.json === true ? `${JSON.stringify(backtestedJson(tested), undefined, 2)}\n` : safe(shown(tested)),
      )
      for (const each of tested.rules) warn(each)
    }),
}

/** @throws Refusal */
async function readGroups(file: string): Promise<readonly RuleGroup[]> {
  const read = readRuleFile(await textOf(file), readExpression)
  if (read.ok) return read.groups
  throw new Refusal(read.faults.map((fault) => explainRuleFault(fault, file)))
}

function warn({ rule, missing, failures, evaluations, firstFailure }: BacktestedRule): void {
  for (const each of missing) process.stderr.write(safe(`${rule}: the history has no series ${each} in this time\n`))
  if (failures === 0) return
  process.stderr.write(
    safe(`${rule}: ${failures} of ${evaluations} evaluations failed, the first with: ${firstFailure ?? ''}\n`),
  )
}

function shown({ from, to, rules }: Backtested): string {
  const head = `From ${clock(from)} to ${clock(to)}, ${formatDuration(to - from)}\n`
  return head + rules.map((rule) => `\n${explain(rule, to)}`).join('')
}

function explain(rule: BacktestedRule, end: number): string {
  const { group, rule: name, fired, firings } = rule
  const held = [
    `group ${group}`,
    ...(rule.forMs === 0 ? [] : [`for ${long(rule.forMs)}`]),
    ...(rule.keepFiringForMs === 0 ? [] : [`keep_firing_for ${long(rule.keepFiringForMs)}`]),
  ].join(', ')
  const lines = firings.slice(0, MAX_SHOWN).map(({ labels, from, to }) => {
    const still = to === undefined ? ', and still at the end' : ''
    return `  ${clock(from)}  ${long((to ?? end) - from)}${still}  ${labels.toString()}`
  })
  if (fired > lines.length) lines.push(`  and ${fired - lines.length} more`)
  return [`${name} (${held}) ${firedText(rule)}`, ...lines, ''].join('\n')
}

function long(ms: number): string {
  return formatDuration(ms)
}

function clock(at: number): string {
  return new Date(at)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
