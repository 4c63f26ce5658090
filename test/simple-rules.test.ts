import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { compileSimpleRule, printRuleFile, readRuleFile, type SimpleRule, simpleRuleGroups } from 'boxman/alerting'
import { readExpression } from 'boxman/promql'
import { describe, expect, it } from 'vitest'
import { root } from './support/peer.ts'

const common = { description: 'Look at it.', severity: 'warning', interval: '1m' } as const

interface Case {
  readonly rule: SimpleRule
  readonly expr: string
  readonly series: Readonly<Record<string, string>>
  /** Minutes, and the summary told then; undefined: nothing is. */
  readonly told: readonly (readonly [number, string | undefined])[]
}

const CASES: readonly Case[] = [
  {
    rule: { ...common, name: 'Greater', metric: 'depth', condition: { kind: 'greater', than: 5 }, for: '2m' },
    expr: 'depth > 5',
    series: { depth: '5x4 6x10' },
    told: [
      [4, undefined],
      [6, undefined],
      [7, 'depth is 6, above 5'],
    ],
  },
  {
    rule: { ...common, name: 'Less', metric: 'depth{q="a"}', condition: { kind: 'less', than: -0.5 } },
    expr: 'depth{q="a"} < -0.5',
    series: { 'depth{q="a"}': '-0.5x4 -1x10', 'depth{q="b"}': '-9x14' },
    told: [
      [4, undefined],
      [5, 'depth{q="a"} is -1, below -0.5'],
    ],
  },
  {
    rule: { ...common, name: 'Between', metric: 'depth', condition: { kind: 'between', from: 2, to: 4 } },
    expr: 'depth >= 2 <= 4',
    series: { depth: '1 2 3 4 5' },
    told: [
      [0, undefined],
      [1, 'depth is 2, between 2 and 4'],
      [3, 'depth is 4, between 2 and 4'],
      [4, undefined],
    ],
  },
  {
    rule: {
      ...common,
      name: 'Falls',
      metric: 'battery',
      condition: { kind: 'rate-of-change', over: '1h', per: 'hour', less: -5 },
    },
    expr: 'deriv(battery[1h]) * 3600 < -5',
    series: { battery: '90-0.05x60 87-0.1x120' },
    told: [
      [50, undefined],
      [170, 'battery changes by -6 per hour, below -5'],
    ],
  },
  {
    rule: {
      ...common,
      name: 'Errors',
      metric: 'errors_total',
      condition: { kind: 'rate-of-change', over: '5m', per: 'minute', greater: 3 },
    },
    expr: 'rate(errors_total[5m]) * 60 > 3',
    series: { errors_total: '0+3x20 60+4x20' },
    told: [
      [15, undefined],
      [30, 'errors_total changes by 4 per minute, above 3'],
    ],
  },
  {
    rule: {
      ...common,
      name: 'Slope',
      expression: 'a - b',
      condition: { kind: 'rate-of-change', over: '10m', per: 'second', greater: 0.5 },
    },
    expr: 'deriv((a - b)[10m:]) > 0.5',
    series: { a: '0+60x30', b: '0x30' },
    told: [[20, 'a - b changes by 1 per second, above 0.5']],
  },
  {
    rule: { ...common, name: 'Gone', metric: 'up{job="x"}', condition: { kind: 'absent' }, for: '1m' },
    expr: 'absent(up{job="x"})',
    series: { 'up{job="x"}': '1x5 stale' },
    told: [
      [5, undefined],
      [6, undefined],
      [8, 'up{job="x"} is absent'],
    ],
  },
  {
    rule: { ...common, name: 'LongGone', metric: 'beats', condition: { kind: 'absent', over: '10m' } },
    expr: 'absent_over_time(beats[10m])',
    series: { beats: '1x5 stale' },
    told: [
      [10, undefined],
      [16, 'beats has been absent for 10m'],
    ],
  },
  {
    rule: { ...common, name: 'Deviates', metric: 'load', condition: { kind: 'deviates', by: 3, over: '1h' } },
    expr: 'abs(load - avg_over_time(load[1h])) > 3 * stddev_over_time(load[1h])',
    series: { load: `${'9 11 '.repeat(40)}60` },
    told: [
      [79, undefined],
      [80, 'load is 49.15 off its average, more than 3 deviations'],
    ],
  },
  {
    rule: {
      ...common,
      name: 'CounterDeviates',
      metric: 'hits_total',
      condition: { kind: 'deviates', by: 4, over: '2h' },
    },
    expr: 'abs(rate(hits_total[5m]) - avg_over_time(rate(hits_total[5m])[2h:1m])) > 4 * stddev_over_time(rate(hits_total[5m])[2h:1m])',
    series: { hits_total: '0+60x180 10800+600x20' },
    told: [
      [170, undefined],
      [183, 'the rate of hits_total is 4.2 off its average, more than 4 deviations'],
    ],
  },
]

describe('O9 simple rules', () => {
  it.each(CASES.map((each) => [each.rule.name, each] as const))('%s compiles', (_, { rule, expr }) => {
    expect(compileSimpleRule(rule).expr).toBe(expr)
    expect(readExpression(expr)).toMatchObject({ ok: true })
  })

  it('alert when they say', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'boxman-simple-'))
    const rules = CASES.map(({ rule }) => rule)
    writeFileSync(path.join(folder, 'rules.yml'), printRuleFile(simpleRuleGroups('simple', rules)))
    const tests = CASES.map(({ rule, series, told }) => ({
      name: rule.name,
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: told.map(([minute, summary]) => ({
        eval_time: `${minute}m`,
        alertname: rule.name,
        exp_alerts: [],
        ...(summary !== undefined && {
          exp_alerts: [
            {
              exp_labels: { severity: 'warning', ...labelsOf(rule.metric) },
              exp_annotations: { summary, description: 'Look at it.' },
            },
          ],
        }),
      })),
    }))
    const file = { rule_files: ['rules.yml'], evaluation_interval: '1m', tests }
    writeFileSync(path.join(folder, 'tests.yml'), JSON.stringify(file))
    const args = [path.join(root, 'dist/cli/main.js'), 'test', 'rules', 'tests.yml']
    const { stderr, stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    expect(`${stdout}${stderr}`).toBe('Unit Testing: tests.yml\n  SUCCESS\n\n')
  })

  it('become groups by interval, which read back as they are', () => {
    const rule = (name: string, interval?: string): SimpleRule => ({
      name,
      metric: 'x',
      condition: { kind: 'greater', than: 1 },
      description: 'd {{ $value }}',
      severity: 'critical',
      category: 'queue',
      tags: { team: 'a' },
      interval,
    })
    const groups = simpleRuleGroups('mine', [rule('A', '30s'), rule('B'), rule('C', '30s')])
    expect(groups.map(({ name, rules }) => [name, rules.length])).toEqual([
      ['mine every 30s', 2],
      ['mine', 1],
    ])
    expect(groups[1]?.rules[0]?.labels).toEqual({ team: 'a', severity: 'critical', category: 'queue' })
    expect(readRuleFile(printRuleFile(groups), readExpression)).toEqual({ ok: true, groups })
  })

  it.each([
    [{ name: '' }, 'name: an alert needs one'],
    [{ metric: undefined }, 'metric: give it, or an expression'],
    [{ expression: 'y' }, 'and not both'],
    [{ metric: 'x + y' }, 'x + y is no selector'],
    [{ for: '5' }, 'for: not a valid duration'],
    [{ interval: '0s' }, 'interval: must be longer'],
    [{ condition: { kind: 'greater', than: Number.NaN } }, 'condition.than: NaN must be a finite number'],
    [{ condition: { kind: 'between', from: 2, to: 1 } }, 'from 2 is above to 1'],
    [{ condition: { kind: 'deviates', by: 0, over: '1h' } }, 'condition.by: 0 must be above 0'],
    [{ tags: { severity: 'x' } }, 'tags.severity: the rule has a place'],
    [{ tags: { 'a-b': 'x' } }, 'tags.a-b: use letters'],
  ])('refuses %j: %s', (wrong, fault) => {
    const rule = { ...common, name: 'A', metric: 'x', condition: { kind: 'greater', than: 1 }, ...wrong }
    // @ts-expect-error what a caller without types may pass
    expect(() => compileSimpleRule(rule)).toThrow(fault)
  })
})

/** Of a selector that names some, as absent() does. */
function labelsOf(metric: string | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Array.from(metric?.matchAll(/(\w+)="(\w+)"/g) ?? [], ([, name, value]) => [name, value]))
}
