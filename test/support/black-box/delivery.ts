import { ask, type BlackBoxScenario, fires, once, over, post } from './write.ts'

const hooks =
  (receivers: string, route = '', groupBy = '[alertname]') =>
  (url: string): string =>
    `
route: {receiver: hook, group_by: ${groupBy}, group_wait: 1s, group_interval: 1s, repeat_interval: 1h, ${route}}
receivers:
${receivers.replaceAll('$HOOKS', url)}
`

export const DELIVERY: readonly BlackBoxScenario[] = [
  {
    name: 'a receiver that fails for a while, and one that does not',
    config: { route: { ...once, routes: [{ receiver: 'one', continue: true }, { receiver: 'two' }] } },
    steps: [post(1, 'A')],
    reply: (receiver, nth) => (receiver === 'one' && nth < 2 ? 500 : 200),
    until: 5,
    spread: 1.2,
  },
  {
    name: 'two in one receiver, one of which refuses the first: each is told once',
    config: hooks("- {name: hook, webhook_configs: [{url: '$HOOKS/one'}, {url: '$HOOKS/two'}]}"),
    steps: [post(1, 'A'), post(4.5, over('A', 4.4))],
    reply: (receiver, nth) => (receiver === 'one' && nth === 0 ? 404 : 200),
    until: 6.5,
  },
  {
    name: 'two in one receiver, one of which fails for a while',
    config: hooks("- {name: hook, webhook_configs: [{url: '$HOOKS/one'}, {url: '$HOOKS/two'}]}"),
    steps: [post(1, 'A'), post(4.5, over('A', 4.4))],
    reply: (receiver, nth) => (receiver === 'one' && nth < 2 ? 503 : 200),
    until: 7.5,
    spread: 1.2,
  },
  {
    name: 'the same address twice in a receiver',
    config: hooks("- {name: hook, webhook_configs: [{url: '$HOOKS/one'}, {url: '$HOOKS/one'}]}"),
    steps: [post(1, 'A'), post(2.5, over('A', 2.4))],
    until: 4.5,
  },
  {
    name: 'send_resolved on one of two',
    config: hooks(
      "- {name: hook, webhook_configs: [{url: '$HOOKS/one', send_resolved: false}, {url: '$HOOKS/two'}]}",
      '',
      '[]',
    ),
    steps: [
      post(1, 'A', 'B'),
      post(2.4, over('A', 2.4)),
      post(3.5, 'C'),
      post(4.5, over('B', 4.4), over('C', 4.4)),
      post(6.5, fires('B', { start: 6.4 })),
    ],
    until: 8.5,
  },
  {
    name: 'max_alerts: the others are counted',
    config: hooks(
      "- {name: hook, webhook_configs: [{url: '$HOOKS/two', max_alerts: 2}, {url: '$HOOKS/all', max_alerts: 0}]}",
      '',
      '[]',
    ),
    steps: [post(1, 'A n=1', 'B n=1', 'C n=2', 'D n=2'), post(2.5, over('D n=2', 2.4), over('C n=2', 2.4))],
    until: 4.5,
  },
  {
    name: 'who sends: by name and password, and by token',
    config: hooks(`- name: hook
  webhook_configs:
  - {url: '$HOOKS/one', http_config: {basic_auth: {username: ann, password: 'pass word'}}}
  - {url: '$HOOKS/two', http_config: {authorization: {credentials: tok}}}
  - {url: '$HOOKS/three', http_config: {authorization: {type: Own, credentials_file: token}}}
  - {url: '$HOOKS/four', http_config: {basic_auth: {username: ann, password_file: token}}}
  - {url: '$HOOKS/five', http_config: {bearer_token: tok}}`),
    files: { token: 'from a file\n' },
    steps: [post(1, 'A')],
    until: 3,
  },
  {
    name: 'http_config of all, and one that has its own',
    config: (url) => `
global: {http_config: {authorization: {credentials: tok}}}
${hooks("- {name: hook, webhook_configs: [{url: '$HOOKS/one'}, {url: '$HOOKS/two', http_config: {follow_redirects: true}}]}")(url)}`,
    steps: [post(1, 'A')],
    until: 3,
  },
  {
    name: '404 at first: told with the next flush, of what holds then',
    config: { route: { ...once, groupBy: [], interval: 2 } },
    steps: [post(1, 'A', 'B'), post(2.5, over('A', 2.4), 'C')],
    reply: (_, nth) => (nth === 0 ? 404 : 200),
    until: 7,
  },
  {
    name: '400 to what says that it is over: said again',
    config: { route: once },
    steps: [post(1, 'A'), post(2.5, over('A', 2.4))],
    reply: (_, nth) => (nth === 1 || nth === 2 ? 400 : 200),
    until: 7,
  },
  {
    name: '503 to what says that it is over: said again',
    config: { route: once },
    steps: [post(1, 'A'), post(2.5, over('A', 2.4))],
    reply: (_, nth) => (nth === 1 || nth === 2 ? 503 : 200),
    until: 7,
    spread: 1.2,
  },
  {
    name: 'no answer but the end of the connection: again',
    config: { route: once },
    steps: [post(1, 'A')],
    reply: (_, nth) => (nth < 2 ? 'reset' : 200),
    until: 6,
    spread: 1.6,
  },
  {
    name: 'no answer at all: again after the time of a flush, which is 10 s at least',
    config: { route: { ...once, interval: 2 } },
    steps: [post(1, 'A')],
    reply: (_, nth) => (nth === 0 ? 'silence' : 200),
    until: 15,
    spread: 1.2,
  },
  {
    name: 'a slow answer: what comes meanwhile is told afterwards',
    config: { route: { ...once, groupBy: [] } },
    steps: [post(1, 'A'), post(2.3, 'B'), post(6.9, over('A', 6.8), over('B', 6.8))],
    reply: (_, nth) => (nth === 0 ? { status: 200, after: 2.4 } : 200),
    until: 9,
  },
  {
    name: 'what is over while its message is on its way',
    config: { route: once },
    steps: [post(1, 'A'), post(2.6, over('A', 2.5))],
    reply: (_, nth) => (nth === 0 ? { status: 200, after: 1.5 } : 200),
    until: 6,
  },
  {
    name: 'what is over while its message fails: its first telling is with its end',
    config: { route: { ...once, groupBy: [] } },
    steps: [post(1, 'A', 'B'), post(2.6, over('A', 2.5))],
    reply: (_, _nth, at) => (at < 4.5 ? 503 : 200),
    until: 9,
    spread: 2.5,
  },
  {
    name: 'the answers 201, 202, 204 and 299 are taken',
    config: { route: { ...once, groupBy: [] } },
    steps: [post(1, 'A'), post(2.5, 'B'), post(3.5, 'C'), post(4.5, 'D')],
    reply: (_, nth) => [201, 202, 204, 299][nth] ?? 200,
    until: 6.5,
  },
  {
    name: 'templates in the file are no matter for a webhook',
    config: (url) => `templates: ['*.tmpl']\n${hooks("- {name: hook, webhook_configs: [{url: '$HOOKS/hook'}]}")(url)}`,
    files: { 'own.tmpl': '{{ define "own" }}{{ .Status | toUpper }}{{ end }}' },
    steps: [post(1, 'A'), ...ask(2.4, '/receivers')],
    until: 3,
  },
  {
    name: 'nobody listens at the address of one of two',
    config: hooks("- {name: hook, webhook_configs: [{url: 'http://127.0.0.1:1/'}, {url: '$HOOKS/two'}]}"),
    steps: [post(1, 'A')],
    until: 3.5,
  },
]
