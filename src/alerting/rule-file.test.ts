import { describe, expect, it } from 'vitest'
import { defineRules, explainRuleFault, type ReadExpression, readRuleFile, type RuleGroup } from './index.ts'

// Which files are right is compared with promtool in test/peers/rules.test.ts; here is what they become.

const readExpression: ReadExpression = (expr) =>
  expr.includes('!') ? { ok: false, fault: 'a !' } : { ok: true, printed: expr }

function faults(text: string): readonly string[] {
  const read = readRuleFile(text, readExpression)
  return read.ok ? [] : read.faults.map((fault) => explainRuleFault(fault, 'r.yml'))
}

const FILE = `groups:
- name: g
  interval: 30s
  query_offset: 1m
  limit: 10
  labels: {team: a}
  rules:
  - record: a:b
    expr: sum(x)
    labels: {kind: sum}
  - alert: High
    expr: x > 5
    for: 5m
    keep_firing_for: 1m
    labels: {severity: page}
    annotations: {summary: "{{ $value }}"}
- name: h
  rules: []
`
const GROUPS: readonly RuleGroup[] = [
  {
    name: 'g',
    interval: '30s',
    queryOffset: '1m',
    limit: 10,
    labels: { team: 'a' },
    rules: [
      { record: 'a:b', expr: 'sum(x)', labels: { kind: 'sum' } },
      {
        alert: 'High',
        expr: 'x > 5',
        for: '5m',
        keepFiringFor: '1m',
        labels: { severity: 'page' },
        annotations: { summary: '{{ $value }}' },
      },
    ],
  },
  { name: 'h', rules: [] },
]

describe('a file of rules', () => {
  it('becomes data that says all that it says', () => {
    expect(readRuleFile(FILE, readExpression)).toEqual({ ok: true, groups: GROUPS })
  })

  it('that is wrong: every fault, with line, group, rule and what to do', () => {
    const text = FILE.replace('interval: 30s', 'intervall: 30s')
      .replace('expr: sum(x)', 'expr: "!"')
      .replace('for: 5m', 'for: 5 minutes')
      .replace('{{ $value }}', '{{ $valu }}')
      .replace('name: h', 'name: g')
    expect(faults(text)).toEqual([
      'r.yml: 3:3: group "g": field intervall not found in a group, which may have name, interval, query_offset, limit, labels, rules',
      'r.yml: 9:11: group "g", rule 1, "a:b": could not parse expression: a !',
      'r.yml: 13:10: group "g", rule 2, "High": for: unknown unit " minutes" in duration "5 minutes"; write it like 30s, 5m or 1h30m',
      'r.yml: 16:18: group "g", rule 2, "High": annotation "summary": template: __alert_High:1: undefined variable "$valu"',
      'r.yml: 17:3: groupname: "g" is repeated in the same file; give each group a name of its own',
    ])
  })

  it('of aliases that multiply is refused', () => {
    const bomb = Array.from({ length: 12 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 12)}]`)
    expect(faults(`groups: *a11\n${bomb.join('\n')}`).join()).toMatch(/anchor|aliases|not found/)
  })
})

describe('defineRules', () => {
  it('gives the rules back', () => {
    expect(defineRules(GROUPS)).toBe(GROUPS)
  })

  it.each([
    [{ name: 'g', rules: [{ record: 'a{b}', expr: 'x' }] }, 'group "g": rule 1, "a{b}": braces present'],
    [{ name: 'g', rules: [{ alert: 'A', expr: '' }] }, 'rule 1, "A": field \'expr\' must be set'],
    [{ name: 'g', rules: [{ alert: 'A', expr: 'x', for: '5' }] }, 'for: not a valid duration string: "5"'],
    [{ name: 'g', interval: '1', rules: [] }, 'group "g": interval: not a valid duration'],
    [{ name: '', rules: [] }, 'Groupname must not be empty'],
    [{ name: 'g', rules: [{ alert: 'A', expr: 'x', annotations: { a: '{{' } }] }, 'annotation "a": template'],
    [{ name: 'g', labels: { __name__: 'x' }, rules: [] }, 'invalid label name: __name__'],
    [{ name: 'g', rules: [{ record: '', expr: 'x' }] }, "field 'record' must not be empty"],
  ] as readonly (readonly [RuleGroup, string])[])('%j: %s', (group, fault) => {
    expect(() => defineRules([group])).toThrow(fault)
  })
})
