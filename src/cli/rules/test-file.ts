import { type Entry, readDuration, type YamlFault, YamlReader } from '../../alerting/index.ts'
import { formatDuration } from '../../series/index.ts'

type Texts = Readonly<Record<string, string>>
type Node = Entry['value']

export interface ExpectedAlert {
  readonly labels: Texts
  readonly annotations: Texts
}

export interface AlertTest {
  readonly evalMs: number
  readonly alertname: string
  readonly expected: readonly ExpectedAlert[]
}

export interface ExpectedSample {
  readonly labels: string
  readonly value: number
  /** '' for a number. */
  readonly histogram: string
}

export interface ExprTest {
  readonly expr: string
  readonly evalMs: number
  readonly expected: readonly ExpectedSample[]
}

export interface TestGroup {
  readonly name: string
  readonly intervalMs: number
  /** Ms since the epoch. */
  readonly startAt: number
  readonly inputSeries: readonly { readonly series: string; readonly values: string }[]
  readonly alertTests: readonly AlertTest[]
  readonly exprTests: readonly ExprTest[]
  readonly externalLabels: Texts
  readonly externalUrl: string
}

/** A file of tests of rules, as promtool reads it. */
export interface TestFile {
  readonly ruleFiles: readonly string[]
  readonly evaluationIntervalMs: number
  readonly groupOrder: readonly string[]
  readonly fuzzyCompare: boolean
  readonly tests: readonly TestGroup[]
}

export type ReadTests =
  | { readonly ok: true; readonly file: TestFile }
  | { readonly ok: false; readonly faults: readonly string[] }

const MINUTE = 60_000

export function readTestFile(text: string): ReadTests {
  const reader = new TestFileReader(new YamlReader(text))
  const file = reader.read()
  const { faults } = reader
  return faults.length === 0 ? { ok: true, file } : { ok: false, faults: faults.map(explain) }
}

function explain({ message, place }: YamlFault): string {
  return place === undefined ? message : `line ${place.line}: ${message}`
}

class TestFileReader {
  readonly #yaml: YamlReader

  constructor(yaml: YamlReader) {
    this.#yaml = yaml
  }

  get faults(): readonly YamlFault[] {
    return this.#yaml.faults
  }

  read(): TestFile {
    const yaml = this.#yaml
    const top = this.#fields(yaml.root, 'the file', [
      'rule_files',
      'evaluation_interval',
      'group_eval_order',
      'fuzzy_compare',
      'tests',
    ])
    const evaluationIntervalMs = this.#duration(top('evaluation_interval'), 'evaluation_interval') || MINUTE
    const groupOrder = this.#textList(top('group_eval_order'), 'group_eval_order')
    const repeated = groupOrder.find((name, i) => groupOrder.indexOf(name) !== i)
    if (repeated !== undefined) yaml.fault(`group name repeated in evaluation order: ${repeated}`, undefined)
    return {
      ruleFiles: this.#textList(top('rule_files'), 'rule_files'),
      evaluationIntervalMs,
      groupOrder,
      fuzzyCompare: yaml.boolean(top('fuzzy_compare'), 'fuzzy_compare'),
      tests: yaml.items(top('tests'), 'tests').map((node, i) => this.#test(node, i, evaluationIntervalMs)),
    }
  }

  #test(node: Node, i: number, evaluationIntervalMs: number): TestGroup {
    const yaml = this.#yaml
    const field = this.#fields(node, 'a test', [
      'name',
      'interval',
      'start_timestamp',
      'input_series',
      'alert_rule_test',
      'promql_expr_test',
      'external_labels',
      'external_url',
    ])
    const name = yaml.text(field('name'), 'name')
    return {
      name,
      intervalMs: this.#duration(field('interval'), 'interval') || evaluationIntervalMs,
      startAt: this.#time(field('start_timestamp')),
      inputSeries: yaml.items(field('input_series'), 'input_series').map((item) => {
        const series = this.#fields(item, 'a series', ['series', 'values'])
        return { series: yaml.text(series('series'), 'series'), values: yaml.text(series('values'), 'values') }
      }),
      alertTests: yaml
        .items(field('alert_rule_test'), 'alert_rule_test')
        .map((item) => this.#alertTest(item, name === '' ? `test ${i + 1}` : `TestGroup ${name}`)),
      exprTests: yaml.items(field('promql_expr_test'), 'promql_expr_test').map((item) => this.#exprTest(item)),
      externalLabels: yaml.texts(field('external_labels'), 'external_labels'),
      externalUrl: yaml.text(field('external_url'), 'external_url'),
    }
  }

  #alertTest(node: Node, test: string): AlertTest {
    const yaml = this.#yaml
    const field = this.#fields(node, 'an alert_rule_test', ['eval_time', 'alertname', 'exp_alerts'])
    const evalMs = this.#duration(field('eval_time'), 'eval_time')
    const alertname = yaml.text(field('alertname'), 'alertname')
    if (alertname === '') {
      const at = `at eval_time ${formatDuration(evalMs)} (in ${test})`
      yaml.fault(`an item under alert_rule_test misses required attribute alertname ${at}`, undefined)
    }
    const expected = yaml.items(field('exp_alerts'), 'exp_alerts').map((item) => {
      const alert = this.#fields(item, 'an expected alert', ['exp_labels', 'exp_annotations'])
      return {
        labels: yaml.texts(alert('exp_labels'), 'exp_labels'),
        annotations: yaml.texts(alert('exp_annotations'), 'exp_annotations'),
      }
    })
    return { evalMs, alertname, expected }
  }

  #exprTest(node: Node): ExprTest {
    const yaml = this.#yaml
    const field = this.#fields(node, 'a promql_expr_test', ['expr', 'eval_time', 'exp_samples'])
    const expected = yaml.items(field('exp_samples'), 'exp_samples').map((item) => {
      const sample = this.#fields(item, 'an expected sample', ['labels', 'value', 'histogram'])
      return {
        labels: yaml.text(sample('labels'), 'labels'),
        value: yaml.float(sample('value'), 'value'),
        histogram: yaml.text(sample('histogram'), 'histogram'),
      }
    })
    return {
      expr: yaml.text(field('expr'), 'expr'),
      evalMs: this.#duration(field('eval_time'), 'eval_time'),
      expected,
    }
  }

  #fields(node: Node, what: string, known: readonly string[]): (key: string) => Node {
    const entries = new Map(this.#yaml.entries(node, what, known).map(({ key, value }) => [key, value]))
    return (key) => entries.get(key)
  }

  #textList(node: Node, what: string): readonly string[] {
    return this.#yaml.items(node, what).map((item) => this.#yaml.text(item, what))
  }

  #duration(node: Node, what: string): number {
    if (this.#yaml.isNull(node)) return 0
    const read = readDuration(this.#yaml.text(node, what))
    if (typeof read === 'number') return read
    this.#yaml.fault(`${what}: ${read.fault}; write it like 30s, 5m or 1h30m`, node)
    return 0
  }

  /** Seconds since the epoch, or RFC 3339. */
  #time(node: Node): number {
    if (this.#yaml.isNull(node)) return 0
    const text = this.#yaml.text(node, 'start_timestamp')
    if (/^-?\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000)
    const at = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
    if (Number.isFinite(at)) return at
    this.#yaml.fault(
      `start_timestamp: cannot read ${JSON.stringify(text)} as a time; write 2024-01-31T00:00:00Z, or seconds since the epoch`,
      node,
    )
    return 0
  }
}
