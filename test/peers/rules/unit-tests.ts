/** The rules that the tests below are of. */
export const TESTED_RULES = `groups:
- name: first
  rules:
  - {record: "job:x:sum", expr: sum by (job) (x), labels: {kind: sum}}
  - {record: double, expr: job:x:sum * 2}
  - {record: const, expr: 1 + 1}
  - {alert: High, expr: x > 5, labels: {severity: page, at: "{{ $labels.job }}"}, annotations: {d: "{{ $value }} of {{ $externalLabels.region }} {{ $externalURL }}"}}
  - {alert: Slow, expr: x > 5, for: 2m, annotations: {d: "{{ humanize $value }}"}}
  - {alert: Kept, expr: x > 5, keep_firing_for: 2m}
- name: second
  rules:
  - {record: late, expr: double + 1}
  - {record: h2, expr: h * 2}
  - {alert: Absent, expr: absent(x)}
`

const head = 'rule_files: [rules.yml]\nevaluation_interval: 1m\n'
const test = (body: string): string => `${head}tests:\n- interval: 1m\n${body.replaceAll(/^/gm, '  ')}\n`
const X = (values: string): string => `input_series: [{series: 'x{job="a"}', values: '${values}'}]\n`
const alert = (time: string, name: string, expected: string): string =>
  `alert_rule_test: [{eval_time: ${time}, alertname: ${name}, exp_alerts: [${expected}]}]`
const expr = (query: string, time: string, expected: string): string =>
  `promql_expr_test: [{expr: '${query}', eval_time: ${time}, exp_samples: [${expected}]}]`

const HIGH = '{exp_labels: {severity: page, at: a, job: a}, exp_annotations: {d: "6 of  "}}'
const SLOW = '{exp_labels: {job: a}, exp_annotations: {d: "6"}}'
const KEPT = '{exp_labels: {job: a}}'
const H = "input_series: [{series: h, values: '{{schema:0 sum:5 count:4 buckets:[1 2 1]}}x5'}]\n"

/** Files of tests, and whether the tests pass. */
export const UNIT_TESTS: readonly (readonly [name: string, text: string, verdict: 'pass' | 'fail'])[] = [
  ['nothing', '', 'pass'],
  ['no tests', head, 'pass'],
  ['a test of nothing', test('name: x'), 'pass'],
  ['an unknown key', `${head}foo: 1\n`, 'fail'],
  ['an unknown key of a test', test('foo: 1'), 'fail'],
  ['an unknown key of a sample', test(`${X('1x5')}${expr('x', '1m', '{label: x}')}`), 'fail'],
  ['no such file of rules', 'rule_files: [nope.yml]\ntests: [{}]\n', 'pass'],
  ['a file of rules by pattern', test('').replace('rules.yml', '"r?les*.y[a-m]l"'), 'pass'],
  ['rules that are wrong', test('').replace('rules.yml', 'wrong.yml'), 'fail'],
  ['order of groups', `${head}group_eval_order: [second, first]\n`, 'pass'],
  ['order of groups, one twice', `${head}group_eval_order: [first, first]\n`, 'fail'],
  ['an interval that is none', test('').replace('evaluation_interval: 1m', 'evaluation_interval: 1'), 'fail'],
  [
    'a recorded sum',
    test(X('1+1x5') + expr('job:x:sum', '3m', '{labels: \'job:x:sum{job="a",kind="sum"}\', value: 4}')),
    'pass',
  ],
  [
    'a recorded sum, wrong',
    test(X('1+1x5') + expr('job:x:sum', '3m', '{labels: \'job:x:sum{job="a",kind="sum"}\', value: 5}')),
    'fail',
  ],
  ['a recorded sum, missing', test(X('1+1x5') + expr('job:x:sum', '3m', '')), 'fail'],
  [
    'a later rule sees the earlier',
    test(X('1+1x5') + expr('double', '3m', '{labels: \'double{job="a",kind="sum"}\', value: 8}')),
    'pass',
  ],
  [
    // Unstated, promtool takes the groups in any order.
    'a later group sees the earlier',
    test(X('1+1x5') + expr('late', '3m', '{labels: \'late{job="a",kind="sum"}\', value: 9}')).replace(
      'tests:',
      'group_eval_order: [first, second]\ntests:',
    ),
    'pass',
  ],
  [
    'the other order of groups',
    test(X('1+1x5') + expr('late', '3m', '{labels: \'late{job="a",kind="sum"}\', value: 7}')).replace(
      'tests:',
      'group_eval_order: [second, first]\ntests:',
    ),
    'pass',
  ],
  ['a scalar is recorded', test(expr('const', '1m', '{labels: const, value: 2}')), 'pass'],
  ['a scalar is asked for', test(expr('1 + 1', '1m', '{value: 2}')), 'pass'],
  ['labels of nothing', test(expr('vector(2)', '1m', '{labels: "{}", value: 2}')), 'pass'],
  ['time', test(expr('time()', '90s', '{value: 90}')), 'pass'],
  ['a string is asked for', test(expr('"x"', '1m', '')), 'fail'],
  ['an expression that does not parse', test(expr('x{', '1m', '')), 'fail'],
  ['labels that do not parse', test(expr('vector(1)', '1m', "{labels: '{a=', value: 1}")), 'fail'],
  ['labels that are a pattern', test(expr('vector(1)', '1m', '{labels: \'{a=~"b"}\', value: 1}')), 'fail'],
  ['NaN is not NaN', test(expr('vector(NaN)', '1m', '{value: .nan}')), 'fail'],
  ['infinity', test(expr('vector(Inf)', '1m', '{value: .inf}')), 'pass'],
  ['a value in quotes', test(expr('vector(1)', '1m', '{value: "1"}')), 'fail'],
  ['not quite', test(expr('vector(0.1 + 0.2)', '1m', '{value: 0.3}')), 'fail'],
  [
    'not quite, but near',
    test(expr('vector(0.1 + 0.2)', '1m', '{value: 0.3}')).replace('tests:', 'fuzzy_compare: true\ntests:'),
    'pass',
  ],
  [
    'too far',
    test(expr('vector(0.1 + 0.3)', '1m', '{value: 0.3}')).replace('tests:', 'fuzzy_compare: true\ntests:'),
    'fail',
  ],
  [
    'two samples in any order',
    test(
      `input_series: [{series: 'x{job="a"}', values: 1x5}, {series: 'x{job="b"}', values: 2x5}]\n${expr('x', '1m', '{labels: \'x{job="b"}\', value: 2}, {labels: \'x{job="a"}\', value: 1}')}`,
    ),
    'pass',
  ],
  ['a gap', test(X('1 _x9 3') + expr('x', '4m', '{labels: \'x{job="a"}\', value: 1}')), 'pass'],
  ['after a gap', test(X('1 _x9 3') + expr('x', '9m', '')), 'pass'],
  ['stale', test(X('1 stale') + expr('x', '1m', '')), 'pass'],
  ['what is recorded of a series that ends, ends', test(X('1 1 stale') + expr('job:x:sum', '2m', '')), 'pass'],
  ['a series that falls', test(X('9-2x3') + expr('x', '3m', '{labels: \'x{job="a"}\', value: 3}')), 'pass'],
  ['values that are none', test(X('1 foo') + expr('x', '1m', '')), 'fail'],
  ['a step without times', test(X('1+1') + expr('x', '1m', '')), 'fail'],
  ['a series that is none', test(`input_series: [{series: 'x{', values: 1}]\n${expr('x', '1m', '')}`), 'fail'],
  [
    'a series given twice is the later',
    test(
      `input_series: [{series: x, values: 1x5}, {series: x, values: 2x5}]\n${expr('x', '1m', '{labels: x, value: 2}')}`,
    ),
    'pass',
  ],
  [
    'a series that a rule gives too',
    test(`input_series: [{series: const, values: 1x5}]\n${expr('const', '1m', '{labels: const, value: 1}')}`),
    'fail',
  ],
  ['between two evaluations', test(X('1+1x5') + expr('x', '150s', '{labels: \'x{job="a"}\', value: 3}')), 'pass'],
  [
    'samples come with the evaluations',
    test(X('1+1x9') + expr('x', '150s', '{labels: \'x{job="a"}\', value: 5}')).replace(
      'interval: 1m\n  input',
      'interval: 30s\n  input',
    ),
    'pass',
  ],
  ['alert', test(X('6x5') + alert('1m', 'High', HIGH)), 'pass'],
  ['alert, not there', test(X('1x5') + alert('1m', 'High', HIGH)), 'fail'],
  ['alert, there', test(X('6x5') + alert('1m', 'High', '')), 'fail'],
  ['alert, other labels', test(X('6x5') + alert('1m', 'High', HIGH.replace('page', 'ticket'))), 'fail'],
  ['alert, other annotations', test(X('6x5') + alert('1m', 'High', HIGH.replace('6 of', '7 of'))), 'fail'],
  ['alert of no rule', test(X('6x5') + alert('1m', 'Nope', '')), 'pass'],
  ['alert without name', test('alert_rule_test: [{eval_time: 1m}]'), 'fail'],
  [
    'external labels and URL',
    test(
      `external_labels: {region: eu}\nexternal_url: http://x.org\n${X('6x5')}${alert('1m', 'High', HIGH.replace('of  ', 'of eu http://x.org'))}`,
    ),
    'pass',
  ],
  ['pending', test(X('6x5') + alert('1m', 'Slow', '')), 'pass'],
  ['fires after its time', test(X('6x5') + alert('2m', 'Slow', SLOW)), 'pass'],
  ['fires between two evaluations as before', test(X('6x5') + alert('150s', 'Slow', SLOW)), 'pass'],
  ['begins anew', test(X('6 6 1 6 6 6 6') + alert('4m', 'Slow', '')), 'pass'],
  ['fires again', test(X('6 6 1 6 6 6 6') + alert('5m', 'Slow', SLOW)), 'pass'],
  ['kept', test(X('6 6 1 1 1 1') + alert('3m', 'Kept', KEPT)), 'pass'],
  ['kept no more', test(X('6 6 1 1 1 1') + alert('4m', 'Kept', '')), 'pass'],
  ['absent', test(alert('0', 'Absent', '{}')), 'pass'],
  [
    'ALERTS',
    test(
      X('6x5') +
        expr(
          'ALERTS{alertname="Slow"}',
          '1m',
          '{labels: \'ALERTS{alertname="Slow",alertstate="pending",job="a"}\', value: 1}',
        ),
    ),
    'pass',
  ],
  [
    'ALERTS when it fires',
    test(
      X('6x5') +
        expr(
          'ALERTS{alertname="Slow"}',
          '2m',
          '{labels: \'ALERTS{alertname="Slow",alertstate="firing",job="a"}\', value: 1}',
        ),
    ),
    'pass',
  ],
  [
    'ALERTS_FOR_STATE',
    test(
      X('1 6x5') +
        expr(
          'ALERTS_FOR_STATE{alertname="Slow"}',
          '2m',
          '{labels: \'ALERTS_FOR_STATE{alertname="Slow",job="a"}\', value: 60}',
        ),
    ),
    'pass',
  ],
  [
    'a histogram',
    test(
      H +
        expr('h2', '2m', "{labels: h2, histogram: '{{count:8 sum:10 counter_reset_hint:not_reset buckets:[2 4 2]}}'}"),
    ),
    'pass',
  ],
  [
    'a histogram, its hint unknown',
    test(H + expr('h2', '0', "{labels: h2, histogram: '{{count:8 sum:10 buckets:[2 4 2]}}'}")),
    'pass',
  ],
  [
    'a histogram, other buckets',
    test(H + expr('h2', '0', "{labels: h2, histogram: '{{count:8 sum:10 buckets:[2 4 3]}}'}")),
    'fail',
  ],
  ['a histogram with an unknown part', test("input_series: [{series: h, values: '{{foo:1}}'}]"), 'fail'],
  ['a histogram that is a number', test(H + expr('h', '0', '{labels: h, histogram: "5"}')), 'fail'],
]
