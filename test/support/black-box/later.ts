import { ask, type BlackBoxScenario, over, post } from './write.ts'

/** With what an Alertmanager of 0.25 does not know yet. */
export const LATER: readonly BlackBoxScenario[] = [
  {
    name: 'an address from a file, and headers of its own',
    config: (hooks) => `
route: {receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers:
- name: hook
  webhook_configs:
  - {url_file: '$FOLDER/address'}
  - {url: '${hooks}/own', http_config: {http_headers: {X-Own: {values: [a]}}}}`,
    files: { address: '$HOOKS/hook\n' },
    steps: [post(1, 'A'), post(2.5, over('A', 2.4))],
    until: 4,
  },
  {
    name: 'names of labels beyond those of old',
    config: (hooks) => `
route:
  receiver: hook
  group_by: ['a.b', alertname]
  group_wait: 1s
  group_interval: 1s
  routes: [{receiver: dotted, matchers: ['"a.b"="ü"', '"größe größer"=~"x|y"']}]
receivers:
- {name: hook, webhook_configs: [{url: '${hooks}/hook'}]}
- {name: dotted, webhook_configs: [{url: '${hooks}/dotted'}]}`,
    steps: [
      {
        at: 1,
        post: [
          { labels: { alertname: 'A', 'a.b': 'ü', 'größe größer': 'x' }, start: 1 },
          { labels: { alertname: 'A', 'a.b': 'ü', '0': '1' }, start: 1 },
          { labels: { 'a.b': 'ü', '😀 "q"': '1' }, start: 1 },
        ],
      },
      { at: 1.1, send: '[{"labels":{"alertname":"B","":"x"}}]' },
      {
        at: 2.4,
        send: '{"matchers":[{"name":"a.b","value":"ü","isRegex":false}],"startsAt":"$@2.4","endsAt":"$@60","createdBy":"ann","comment":"c"}',
        path: '/api/v2/silences',
      },
      ...ask(2.6, '/alerts', '/alerts/groups', '/alerts?filter=%22a.b%22%3D%22%C3%BC%22'),
    ],
    until: 4,
  },
]
