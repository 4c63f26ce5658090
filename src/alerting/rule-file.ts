import type { Node } from 'yaml'
import { checkGroups, type ReadExpression } from './check-rules.ts'
import { readDuration } from './duration.ts'
import type { Rule, RuleGroup } from './rule.ts'
import type { Place, RuleFault } from './rule-fault.ts'
import { type Entry, YamlReader } from './yaml-reader.ts'

export type ReadRules =
  | { readonly ok: true; readonly groups: readonly RuleGroup[] }
  | { readonly ok: false; readonly faults: readonly RuleFault[] }

const GROUP_KEYS = ['name', 'interval', 'query_offset', 'limit', 'labels', 'rules']
const RULE_KEYS = ['record', 'alert', 'expr', 'for', 'keep_firing_for', 'labels', 'annotations']

type Places = ReadonlyMap<string, Node | undefined>
interface ReadRule {
  readonly rule: Rule
  readonly places: Places
  readonly node: Node | undefined
}
interface ReadGroup {
  readonly group: RuleGroup
  readonly node: Node | undefined
  readonly rules: readonly ReadRule[]
}

/** Reads a file of rules in Prometheus's format and checks all of it. Unknown keys are faults. */
export function readRuleFile(text: string, readExpression: ReadExpression): ReadRules {
  const reader = new RuleFileReader(text)
  const groups = reader.read()
  const findPlace = (group: number, rule?: number, key?: string): Place | undefined => {
    const ofGroup = groups[group]
    if (rule === undefined) return reader.place(ofGroup?.node)
    const ofRule = ofGroup?.rules[rule]
    return reader.place(ofRule?.places.get(key ?? '') ?? ofRule?.node)
  }
  const data = groups.map(({ group }) => group)
  const faults = together(reader.faults, checkGroups(data, readExpression, findPlace))
  return faults.length > 0 ? { ok: false, faults } : { ok: true, groups: data }
}

/** Of what is found twice, by the reader and by the check, one: the rules that have no name, and what is no duration. */
function together(read: readonly RuleFault[], checked: readonly RuleFault[]): readonly RuleFault[] {
  const more = checked.filter(
    ({ message }) =>
      !read.some((fault) => fault.message === message) && !/^field '(?:record|alert)' must not be empty/.test(message),
  )
  const line = ({ place }: RuleFault): number => place?.line ?? Infinity
  return [...read, ...more].sort((a, b) => line(a) - line(b))
}

class RuleFileReader {
  readonly faults: RuleFault[] = []
  readonly #yaml: YamlReader

  constructor(text: string) {
    this.#yaml = new YamlReader(text)
  }

  place(node: Node | undefined): Place | undefined {
    return this.#yaml.place(node)
  }

  read(): readonly ReadGroup[] {
    const top = this.#yaml.entries(this.#yaml.root, 'the file', ['groups'])
    const groups = this.#yaml.items(valueOf(top, 'groups'), 'groups').map((node) => this.#group(node))
    this.#settle(undefined, undefined)
    return groups
  }

  /** What YAML was at fault becomes a fault of this group and rule. */
  #settle(group: string | undefined, rule: RuleFault['rule']): void {
    for (const { message, place } of this.#yaml.faults.splice(0)) this.faults.push({ message, place, group, rule })
  }

  #group(node: Node | undefined): ReadGroup {
    this.#settle(undefined, undefined)
    const yaml = this.#yaml
    const entries = yaml.entries(node, 'a group', GROUP_KEYS)
    const name = yaml.text(valueOf(entries, 'name'), 'name')
    const interval = this.#duration(entries, 'interval')
    const queryOffset = this.#duration(entries, 'query_offset')
    const limit = has(entries, 'limit') ? yaml.integer(valueOf(entries, 'limit'), 'limit') : undefined
    const labels = has(entries, 'labels') ? yaml.texts(valueOf(entries, 'labels'), 'labels') : undefined
    const items = yaml.items(valueOf(entries, 'rules'), 'rules')
    this.#settle(name === '' ? undefined : name, undefined)
    const rules = items.map((item, i) => this.#rule(item, name, i + 1))
    const group: RuleGroup = {
      name,
      ...(interval !== undefined && { interval }),
      ...(queryOffset !== undefined && { queryOffset }),
      ...(limit !== undefined && { limit }),
      ...(labels !== undefined && { labels }),
      rules: rules.map(({ rule }) => rule),
    }
    return { group, node, rules }
  }

  #rule(node: Node | undefined, group: string, number: number): ReadRule {
    const yaml = this.#yaml
    const entries = yaml.entries(node, 'a rule', RULE_KEYS)
    const [record, alert] = [this.#text(entries, 'record'), this.#text(entries, 'alert')]
    const expr = this.#text(entries, 'expr')
    const [forText, keepFiringFor] = [this.#duration(entries, 'for'), this.#duration(entries, 'keep_firing_for')]
    const labels = has(entries, 'labels') ? yaml.texts(valueOf(entries, 'labels'), 'labels') : undefined
    const annotations = has(entries, 'annotations')
      ? yaml.texts(valueOf(entries, 'annotations'), 'annotations')
      : undefined
    const at = valueOf(entries, 'record') ?? valueOf(entries, 'alert') ?? node
    if (record !== '' && alert !== '') {
      yaml.fault("only one of 'record' and 'alert' must be set; make two rules of it", at)
    }
    if (record === '' && alert === '') yaml.fault("one of 'record' or 'alert' must be set", at)
    if (record !== '') {
      // A duration of nothing counts as none.
      const given = [
        ['annotations', Object.keys(annotations ?? {}).length > 0],
        ['for', isPositive(forText)],
        ['keep_firing_for', isPositive(keepFiringFor)],
      ] as const
      for (const [key, set] of given) if (set) yaml.fault(`invalid field '${key}' in recording rule`, at)
    }
    this.#settle(group, { number, name: alert !== '' ? alert : record })
    const common = { expr, ...(labels !== undefined && { labels }) }
    const rule: Rule =
      alert === ''
        ? { record, ...common }
        : {
            alert,
            ...common,
            ...(forText !== undefined && { for: forText }),
            ...(keepFiringFor !== undefined && { keepFiringFor }),
            ...(annotations !== undefined && { annotations }),
          }
    return { rule, node, places: new Map(entries.map(({ key, value }) => [key, value])) }
  }

  #text(entries: readonly Entry[], key: string): string {
    return this.#yaml.text(valueOf(entries, key), key)
  }

  #duration(entries: readonly Entry[], key: string): string | undefined {
    const node = valueOf(entries, key)
    if (this.#yaml.isNull(node)) return undefined
    const text = this.#yaml.text(node, key)
    const read = readDuration(text)
    if (typeof read !== 'number') this.#yaml.fault(`${key}: ${read.fault}; write it like 30s, 5m or 1h30m`, node)
    return text
  }
}

function isPositive(duration: string | undefined): boolean {
  const read = duration === undefined ? 0 : readDuration(duration)
  return typeof read === 'number' && read > 0
}

function has(entries: readonly Entry[], key: string): boolean {
  return entries.some((entry) => entry.key === key)
}

function valueOf(entries: readonly Entry[], key: string): Node | undefined {
  return entries.find((entry) => entry.key === key)?.value
}
