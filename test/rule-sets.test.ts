import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isAlerting, printRuleFile, readRuleFile, type RuleGroup } from 'boxman/alerting'
import { Registry } from 'boxman/metrics'
import {
  apiService,
  casino,
  casinoRules,
  media,
  node,
  nodeRules,
  reliabilityRules,
  RuntimeMetrics,
  type RuntimeReading,
} from 'boxman/packs'
import { type Json, parse, readExpression, toJson } from 'boxman/promql'
import { describe, expect, it } from 'vitest'
import { needPeer, root } from './support/peer.ts'

const SETS: Readonly<Record<string, readonly RuleGroup[]>> = {
  node: nodeRules(),
  casino: casinoRules(),
  reliability: reliabilityRules(),
}
const names = Object.keys(SETS)
const alerts = Object.values(SETS).flatMap((groups) => groups.flatMap(({ rules }) => rules.filter(isAlerting)))

/** The names of the metrics that an expression selects. */
function metricsOf(expr: string): readonly string[] {
  const parsed = parse(expr)
  if (!parsed.ok) throw new Error(expr)
  const names: string[] = []
  const visit = (json: Json): void => {
    if (typeof json !== 'object' || json === null) return
    if (Array.isArray(json)) return json.forEach(visit)
    if ('type' in json && (json['type'] === 'vectorSelector' || json['type'] === 'matrixSelector')) {
      names.push(typeof json['name'] === 'string' ? json['name'] : '')
    }
    Object.values(json).forEach(visit)
  }
  visit(toJson(parsed.expr))
  return names
}

const READING: RuntimeReading = {
  eventLoop: {
    active: true,
    averageLagMs: 1,
    p50LagMs: 1,
    p95LagMs: 1,
    p99LagMs: 1,
    maxLagMs: 1,
    utilization: 0.1,
  },
  heap: { usedBytes: 1, totalBytes: 1, limitBytes: 1, externalBytes: 1, spaces: [] },
  activeResources: new Map(),
}

/** The names that the packs export once everything has been told to them. */
async function exportedNames(): Promise<ReadonlySet<string>> {
  const registry = new Registry()
  const machine = { cpuPercent: 1, memoryTotalBytes: 2, memoryAvailableBytes: 1, cpuLimitCores: 1, memoryLimitBytes: 1 }
  const system = node().install(registry)
  system.record({
    cpuPercent: 1,
    memoryBytes: 1,
    throttling: false,
    battery: { levelPercent: 1, charging: true },
    machine,
  })
  const runtime = new RuntimeMetrics(registry, () => READING)
  runtime.gc('minor', 1)
  casino().install(registry)
  apiService().install(registry)
  const { requests, caches } = media().install(registry)
  requests.record({ method: 'GET', route: '/', status: 200, durationMs: 1 })
  caches.hit('tables')
  const families = await registry.collect()
  return new Set(
    families.flatMap(({ name, kind }) =>
      kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  )
}

describe('ready sets of rules', () => {
  it.each(names)('%s: the file for Prometheus is what the code says', async (name) => {
    await expect(printRuleFile(SETS[name] ?? [])).toMatchFileSnapshot(`../rules/${name}.yml`)
    expect(readRuleFile(readFileSync(path.join(root, `rules/${name}.yml`), 'utf8'), readExpression).ok).toBe(true)
  })

  it('pass their tests', () => {
    const files = names.map((name) => `rules/${name}.test.yml`)
    const { status, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', 'test', 'rules', ...files], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('pass them in promtool too', ({ skip }) => {
    const promtool = needPeer('promtool', skip)
    for (const name of names) {
      const args = ['test', 'rules', `rules/${name}.test.yml`]
      const { status, stderr, stdout } = spawnSync(promtool, args, { cwd: root, encoding: 'utf8' })
      expect(`${name} ${status} ${stdout}${stderr}`).toMatch(/^\w+ 0/)
    }
  })

  it.each(alerts.map((rule) => [rule.alert, rule] as const))(
    '%s tells what to do, and is tested both ways',
    (name, rule) => {
      const { summary = '', description = '', runbook_url: runbook = '' } = rule.annotations ?? {}
      expect(summary).not.toBe('')
      expect(description.length).toBeGreaterThan(40)
      expect(runbook).toBe(`docs/runbooks/${name}.md`)
      const page = readFileSync(path.join(root, runbook), 'utf8')
      for (const heading of [`# ${name}`, '## What it means', '## What to do', '## Not an incident when']) {
        expect(page).toContain(heading)
      }
      const tests = names.map((set) => readFileSync(path.join(root, `rules/${set}.test.yml`), 'utf8')).join('\n')
      const cases = tests.split(/^ {6}- /m).filter((each) => each.includes(`alertname: ${name}\n`))
      expect(cases.some((each) => each.includes('exp_annotations'))).toBe(true)
      expect(cases.some((each) => each.includes('exp_alerts: []'))).toBe(true)
    },
  )

  it('have a runbook each, and no other', () => {
    const pages = readdirSync(path.join(root, 'docs/runbooks'))
    expect(pages.sort()).toEqual(['README.md', ...alerts.map(({ alert }) => `${alert}.md`)].sort())
    expect(existsSync(path.join(root, 'docs/runbooks/README.md'))).toBe(true)
  })

  it('ask only for what the packs export, or a rule before them records', async () => {
    const exported = await exportedNames()
    const recorded = new Set<string>()
    const asked: string[] = []
    for (const rule of Object.values(SETS).flatMap((groups) => groups.flatMap(({ rules }) => rules))) {
      for (const name of metricsOf(rule.expr)) {
        asked.push(name)
        expect(exported.has(name) || recorded.has(name), `${name} of ${JSON.stringify(rule)}`).toBe(true)
      }
      if (!isAlerting(rule)) recorded.add(rule.record)
    }
    expect(asked.length).toBeGreaterThan(20)
  })

  it('take a prefix and the place of the runbooks', () => {
    const options = { prefix: 'craps', runbooks: 'https://wiki.example.org/r/' }
    for (const groups of [nodeRules(options), casinoRules(options), reliabilityRules(options)]) {
      expect(JSON.stringify(groups)).not.toContain('bitcraps_')
      for (const rule of groups.flatMap(({ rules }) => rules).filter(isAlerting)) {
        expect(rule.annotations?.['runbook_url']).toBe(`https://wiki.example.org/r/${rule.alert}.md`)
      }
    }
  })
})
