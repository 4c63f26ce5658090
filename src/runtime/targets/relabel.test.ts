import { describe, expect, it } from 'vitest'
import { readRelabelRule, type RelabelRule } from './config/relabel-rule.ts'
import { YamlFile } from './config/yaml-value.ts'
import { relabel } from './relabel.ts'

function rules(text: string): readonly RelabelRule[] {
  const file = new YamlFile('rules', text)
  const read = (file.root.list() ?? []).flatMap((rule) => readRelabelRule(rule) ?? [])
  expect(file.problems).toEqual([])
  return read
}

const LABELS = { a: 'foo', b: 'bar', c: 'Baz', __tmp: 'x:80' }

describe('relabel', () => {
  it.each([
    ['{target_label: d, source_labels: [a, b]}', { ...LABELS, d: 'foo;bar' }],
    [
      '{target_label: d, source_labels: [a, b], separator: "-", regex: "f(.)o-(b.*)", replacement: "$2/${1}/$$"}',
      { ...LABELS, d: 'bar/o/$' },
    ],
    ['{target_label: d, source_labels: [a], regex: "(?P<first>.).*", replacement: "$first"}', { ...LABELS, d: 'f' }],
    ['{target_label: d, source_labels: [a], regex: "oo"}', LABELS],
    ['{target_label: a, source_labels: [none]}', { b: 'bar', c: 'Baz', __tmp: 'x:80' }],
    ['{target_label: d, replacement: fixed}', { ...LABELS, d: 'fixed' }],
    ['{target_label: a, replacement: ""}', { b: 'bar', c: 'Baz', __tmp: 'x:80' }],
    ['{target_label: "${1}_x", source_labels: [a], replacement: y}', { ...LABELS, foo_x: 'y' }],
    ['{target_label: "$2", source_labels: [a], replacement: y}', LABELS],
    ['{target_label: d, source_labels: [a], regex: "(?i)FOO", replacement: y}', { ...LABELS, d: 'y' }],
    ['{action: keep, source_labels: [a], regex: foo|x}', LABELS],
    ['{action: keep, source_labels: [a], regex: fo}', undefined],
    ['{action: keep, source_labels: [none], regex: ""}', LABELS],
    ['{action: drop, source_labels: [a, b], regex: "foo;.*"}', undefined],
    ['{action: drop, source_labels: [a], regex: bar}', LABELS],
    ['{action: keepequal, source_labels: [a], target_label: b}', undefined],
    ['{action: keepequal, source_labels: [a], target_label: a}', LABELS],
    ['{action: dropequal, source_labels: [a], target_label: a}', undefined],
    ['{action: dropequal, source_labels: [none], target_label: gone}', undefined],
    ['{action: hashmod, source_labels: [a], modulus: 7, target_label: d}', { ...LABELS, d: '2' }],
    ['{action: hashmod, source_labels: [a, b, c], modulus: 1000, target_label: d}', { ...LABELS, d: '198' }],
    ['{action: labelmap, regex: "(a|b)", replacement: "${1}2"}', { ...LABELS, a2: 'foo', b2: 'bar' }],
    ['{action: labelmap, regex: "__(.*)"}', { ...LABELS, tmp: 'x:80' }],
    ['{action: labeldrop, regex: "[ab]"}', { c: 'Baz', __tmp: 'x:80' }],
    ['{action: labelkeep, regex: "[ab]"}', { a: 'foo', b: 'bar' }],
    ['{action: lowercase, source_labels: [c], target_label: c}', { ...LABELS, c: 'baz' }],
    ['{action: uppercase, source_labels: [a, c], target_label: d}', { ...LABELS, d: 'FOO;BAZ' }],
    ['{action: Replace, source_labels: [a], target_label: d}', { ...LABELS, d: 'foo' }],
    ['{target_label: d, source_labels: [a]}, {action: drop, source_labels: [d], regex: foo}', undefined],
  ] as const)('%s', (text, wanted) => {
    const labels = new Map<string, string>(Object.entries(LABELS))
    const kept = relabel(labels, rules(`[${text}]`))
    expect(kept ? Object.fromEntries(labels) : undefined).toEqual(wanted)
  })
})
