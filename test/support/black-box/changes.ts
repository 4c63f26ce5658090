import type { AlertingSpec } from '../alerting-config.ts'
import { told } from '../alerting-scenarios.ts'
import { ask, type BlackBoxScenario, fires, once, over, post } from './write.ts'

const plain: AlertingSpec = { route: once }
const LISTS = ['/alerts', '/alerts/groups', '/receivers'] as const

/** What another configuration, and another process, change. */
export const CHANGES: readonly BlackBoxScenario[] = [
  {
    name: 'a reload without a change: what waits, waits anew',
    config: { route: { ...once, wait: 2 } },
    steps: [post(1, 'A'), { at: 2.2, reload: true }, ...ask(2.6, ...LISTS)],
    until: 6,
  },
  {
    name: 'a reload: a route to another receiver, who is told',
    config: plain,
    steps: [
      post(1, 'A team=a', 'B'),
      {
        at: 3.5,
        config: {
          route: {
            ...once,
            routes: [{ receiver: 'new', matchers: ['team="a"'], continue: true }, { receiver: 'hook' }],
          },
        },
      },
      ...ask(4.2, ...LISTS),
    ],
    until: 7,
  },
  {
    name: 'a reload: another group_by makes groups anew, which are told',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      post(1, 'A n=1', 'A n=2', 'B'),
      { at: 3.5, config: { route: { ...once, groupBy: ['alertname'] } } },
      ...ask(4.2, '/alerts/groups'),
      post(5.5, 'B n=3'),
    ],
    until: 8,
  },
  {
    name: 'a reload: other matchers of the same route',
    config: { route: { ...once, routes: [{ receiver: 'a', matchers: ['n="1"'] }] } },
    steps: [
      post(1, 'A n=1', 'A n=2'),
      { at: 3.5, config: { route: { ...once, routes: [{ receiver: 'a', matchers: ['n=~"1|2"'] }] } } },
    ],
    until: 6,
  },
  {
    name: 'a reload: other times',
    config: { route: { ...once, groupBy: [], interval: 60 } },
    steps: [
      post(1, 'A'),
      post(2.5, 'B'),
      { at: 3.5, config: { route: { ...once, groupBy: [], interval: 1 } } },
      post(5.2, 'C'),
    ],
    until: 7.5,
  },
  {
    name: 'a reload: a shorter repetition',
    config: plain,
    steps: [post(1, 'A'), { at: 3.5, config: { route: { ...once, repeat: 1.7 } } }],
    until: 7,
  },
  {
    name: 'a reload: another address of the same receiver, who knows already',
    config: (hooks) => `
route: {receiver: r, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers: [{name: r, webhook_configs: [{url: '${hooks}/old'}]}]`,
    steps: [
      post(1, 'A'),
      {
        at: 3.5,
        config: (hooks) => `
route: {receiver: r, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers: [{name: r, webhook_configs: [{url: '${hooks}/new'}]}]`,
      },
      post(4.9, 'B'),
      post(5.9, over('A', 5.8)),
    ],
    until: 8,
  },
  {
    name: 'a reload: a second integration is told, the first not again',
    config: (hooks) => `
route: {receiver: r, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers: [{name: r, webhook_configs: [{url: '${hooks}/one'}]}]`,
    steps: [
      post(1, 'A'),
      {
        at: 3.5,
        config: (hooks) => `
route: {receiver: r, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers: [{name: r, webhook_configs: [{url: '${hooks}/one'}, {url: '${hooks}/two'}]}]`,
      },
      post(5.5, over('A', 5.4)),
    ],
    until: 8,
  },
  {
    name: 'a reload: an inhibition goes, another comes',
    config: { ...plain, inhibit: [{ source: ['alertname="S"'], target: ['alertname="T"'], equal: [] }] },
    steps: [
      post(1, 'S', 'T', 'U'),
      { at: 3.5, config: { ...plain, inhibit: [{ source: ['alertname="S"'], target: ['alertname="V"'], equal: [] }] } },
      post(4.5, 'V'),
      ...ask(5.5, '/alerts'),
    ],
    until: 7,
  },
  {
    name: 'a reload: resolve_timeout for what is posted from then on',
    config: { ...plain, resolveTimeout: 60 },
    steps: [
      post(1, fires('A', {}), fires('B', {})),
      { at: 2.5, config: { ...plain, resolveTimeout: 2 } },
      post(3.5, fires('B', {})),
      ...ask(4, '/alerts'),
    ],
    until: 8,
  },
  {
    name: 'a reload: silences stay',
    config: plain,
    steps: [
      { at: 0.5, silence: ['alertname="A"'], from: 0.5, to: 5.5 },
      post(1, 'A'),
      { at: 2.5, reload: true },
      ...ask(3.2, '/silences', '/alerts'),
    ],
    until: 8,
  },
  {
    name: 'a reload: while the end of one waits to be told',
    config: { route: { ...once, interval: 30 } },
    steps: [post(1, 'A', 'B'), post(2.5, over('A', 2.4)), { at: 3.5, reload: true }],
    until: 6,
  },
  {
    name: 'a reload: after the end was told, and before it fires again',
    config: plain,
    steps: [post(1, 'A'), post(2.5, over('A', 2.4)), { at: 4.5, reload: true }, post(6, fires('A', { start: 6 }))],
    until: 8.5,
  },
  {
    name: 'a reload: a file that is wrong changes nothing',
    config: plain,
    steps: [
      post(1, 'A'),
      { at: 2.5, config: () => 'route: {receiver: nobody}\nreceivers: []\n' },
      post(3.3, 'B'),
      { at: 4.2, config: () => 'route: {' },
      post(4.5, over('A', 4.4)),
      ...ask(5.4, ...LISTS),
    ],
    until: 6.5,
  },
  {
    name: 'a reload: send_resolved is switched off, and on',
    config: plain,
    steps: [
      post(1, 'A', 'B'),
      { at: 2.6, config: { ...plain, sendResolved: false } },
      post(3.5, over('A', 3.4)),
      { at: 5.5, config: plain },
      post(6.9, over('B', 6.8)),
    ],
    until: 9,
  },
  {
    name: 'a restart: its end, that is posted afterwards, is told at once',
    config: { route: { ...once, interval: 60 } },
    steps: [post(1, 'A'), { at: 2.5, restart: true }, post(6, over('A', 5.9))],
    until: 8,
  },
  {
    name: 'a restart: the end that nobody posts is told too',
    config: plain,
    steps: [post(1, fires('A', { start: 1, end: 6 })), { at: 2.5, restart: true }],
    until: 9,
    boxman: told('2 hook: A@1', '6..7 hook: A@1-6'),
    alertmanager: told('2 hook: A@1'),
  },
  {
    name: 'a restart: what waited is told without being posted again',
    config: { route: { ...once, wait: 2 } },
    steps: [post(1, 'A'), { at: 1.5, restart: true }],
    until: 7,
    boxman: told('3..5 hook: A@1'),
    alertmanager: [],
  },
  {
    name: 'a restart: the repetition comes when it would have',
    config: { route: { ...once, repeat: 5 } },
    steps: [post(1, 'A'), { at: 2.5, restart: true }, post(5.5, 'A')],
    until: 9,
  },
  {
    name: 'a restart: what is new in a group that was told',
    config: { route: { ...once, groupBy: [], interval: 60 } },
    steps: [post(1, 'A'), { at: 2.5, restart: true }, post(6, 'A', fires('B', { start: 6 }))],
    // A message of the first that is posted alone may come before, there.
    later: 'differs',
    until: 8,
  },
  {
    name: 'a kill: what is new in a group that was told, and of which all is new',
    config: { route: { ...once, groupBy: ['team'], interval: 60 } },
    steps: [
      post(1, 'A team=a', 'A team=b'),
      { at: 2.5, restart: 'SIGKILL' },
      post(6, 'A team=a', fires('B team=a', { start: 6 }), fires('B team=c', { start: 6 })),
    ],
    // Which group is told first after a kill is chance there.
    later: 'differs',
    until: 9,
    // Of what was not written down a killed one knows nothing: it tells again.
    boxman: told('2 hook: A/a@1', '2 hook: A/b@1', '6 hook: A/a@1 B/a@6', '7 hook: B/c@6'),
    alertmanager: told('2 hook: A/a@1', '2 hook: A/b@1', '6 hook: A/a@1 B/a@6', '7 hook: B/c@6'),
  },
  {
    name: 'a restart with another file',
    config: plain,
    steps: [
      post(1, 'A'),
      { at: 2.4, config: { route: { ...once, routes: [{ receiver: 'new', continue: true }, { receiver: 'hook' }] } } },
      { at: 3.9, restart: true },
      post(6, 'A'),
    ],
    until: 9,
  },
  {
    name: 'the questions that a probe asks',
    config: plain,
    steps: [
      { at: 0.5, send: '', path: '/-/healthy', method: 'GET' },
      { at: 0.5, send: '', path: '/-/ready', method: 'GET' },
      post(1, 'A'),
    ],
    until: 3,
  },
]
