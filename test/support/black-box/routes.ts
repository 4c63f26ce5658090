import { ask, type BlackBoxScenario, fires, once, over, post } from './write.ts'

const yaml =
  (text: string) =>
  (hooks: string): string =>
    text.replaceAll('$HOOKS', hooks)

const HOOK = "{name: hook, webhook_configs: [{url: '$HOOKS/hook'}]}"

export const ROUTES: readonly BlackBoxScenario[] = [
  {
    name: 'group_by of all labels: a message for each alert',
    config: { route: { ...once, groupBy: ['...'] } },
    steps: [post(1, 'A n=1', 'A n=2', 'B'), post(2.4, over('A n=1', 2.4)), ...ask(3.5, '/alerts/groups')],
    until: 5,
  },
  {
    name: 'group_by left out: all in one message',
    config: { route: { wait: 1, interval: 1, repeat: 3600 } },
    steps: [post(1, 'B', 'A n=2', 'A n=1'), post(2.4, over('A n=1', 2.4), 'C'), ...ask(3.5, '/alerts/groups')],
    until: 5,
  },
  {
    name: 'group_by of a label that some lack',
    config: { route: { ...once, groupBy: ['team', 'zone'] } },
    steps: [
      post(1, 'A team=a', 'B team=a zone=', 'C zone=z', 'D', 'E team=a zone=z'),
      post(2.5, over('D', 2.5), over('B team=a', 2.4)),
      ...ask(3.5, '/alerts/groups'),
    ],
    until: 5,
  },
  {
    name: 'continue at two levels, with times that are inherited and overridden',
    config: {
      route: {
        ...once,
        receiver: 'top',
        routes: [
          {
            receiver: 'a',
            matchers: ['team="a"'],
            continue: true,
            wait: 2,
            routes: [
              { receiver: 'a1', matchers: ['sev="page"'], continue: true, groupBy: [] },
              { matchers: ['zone=~"x|y"'], wait: 0.5, interval: 2 },
            ],
          },
          { receiver: 'b', matchers: ['zone="x"'], continue: true },
          { receiver: 'c', matchers: ['sev!=""'], groupBy: ['sev'], repeat: 1.5 },
        ],
      },
    },
    steps: [
      post(1, 'A team=a sev=page zone=x', 'B team=a sev=page', 'B team=a', 'C zone=x', 'D sev=mail', 'E'),
      post(3.3, fires('F team=a sev=page zone=y', { start: 3.3 }), over('B team=a', 3.2)),
      ...ask(4.7, '/alerts', '/alerts/groups', '/alerts/groups?receiver=a.*'),
    ],
    // An empty `group_by` below another is all in one group there; in 0.25 it is the other's.
    later: 'differs',
    until: 7,
  },
  {
    name: 'the same receiver by two routes, two messages',
    config: {
      route: {
        ...once,
        routes: [
          { receiver: 'r', matchers: ['team="a"'], continue: true },
          { receiver: 'r', matchers: ['sev="page"'], groupBy: ['sev'] },
        ],
      },
    },
    steps: [
      post(1, 'A team=a sev=page', 'B sev=page', 'C team=a'),
      post(2.4, over('A team=a sev=page', 2.4)),
      ...ask(3.5, '/alerts/groups', '/alerts'),
    ],
    until: 5,
  },
  {
    name: 'two routes with the same matchers and the same receiver have one log',
    config: {
      route: {
        ...once,
        routes: [
          { receiver: 'r', matchers: ['team="a"'], continue: true },
          { receiver: 'r', matchers: ['team="a"'], wait: 2.5 },
        ],
      },
    },
    steps: [post(1, 'A team=a')],
    until: 6,
  },
  {
    name: 'two routes with the same matchers and other receivers',
    config: {
      route: {
        ...once,
        routes: [
          { receiver: 'r', matchers: ['team="a"'], continue: true },
          { receiver: 's', matchers: ['team="a"'], wait: 2, groupBy: [] },
        ],
      },
    },
    steps: [post(1, 'A team=a', 'B team=a'), post(4.4, over('A team=a', 4.4))],
    // An empty `group_by` below another is all in one group there; in 0.25 it is the other's.
    later: 'differs',
    until: 6.5,
  },
  {
    name: 'the first of its children wins, and no child means itself',
    config: {
      route: {
        ...once,
        receiver: 'top',
        routes: [
          { receiver: 'a', matchers: ['team=~"a.*"'], routes: [{ receiver: 'aa', matchers: ['sub="1"'] }] },
          { receiver: 'b', matchers: ['team="ab"'] },
          { receiver: 'none', matchers: ['team=""', 'alertname!~"X|Y"'] },
        ],
      },
    },
    steps: [post(1, 'A team=ab', 'B team=a sub=1', 'C team=a sub=2', 'D', 'X', 'E team=ba', 'F team=Ab')],
    until: 3.5,
  },
  {
    name: 'match and match_re of old, and their order in the key',
    config: yaml(`
route:
  receiver: top
  group_by: [alertname]
  group_wait: 1s
  group_interval: 1s
  repeat_interval: 1h
  routes:
  - {receiver: hook, match: {team: a, alertname: A}, match_re: {zone: 'x|y'}, matchers: ['n!="2"']}
receivers:
- ${HOOK}
- {name: top, webhook_configs: [{url: '$HOOKS/top'}]}
`),
    steps: [
      post(1, 'A team=a zone=x', 'A team=a zone=z', 'A team=a zone=y n=2', 'A team=a zone=xy', 'A team=a zone=y n=1'),
    ],
    until: 3.5,
  },
  {
    name: 'matchers in all their spellings',
    config: yaml(`
route:
  receiver: top
  group_wait: 1s
  group_interval: 1s
  routes:
  - {receiver: hook, matchers: [team = "a b", 'zone=~x.*', sev!=low], continue: true}
  - {receiver: top, matchers: ['{n=1,m!~"2|3"}'], continue: true}
receivers:
- ${HOOK}
- {name: top, webhook_configs: [{url: '$HOOKS/top'}]}
`),
    steps: [
      {
        at: 1,
        post: [
          { labels: { alertname: 'A', team: 'a b', zone: 'xyz', n: '1' }, start: 1 },
          { labels: { alertname: 'B', team: 'a b', zone: 'x', sev: 'low' }, start: 1 },
          { labels: { alertname: 'C', n: '1', m: '3' }, start: 1 },
        ],
      },
    ],
    until: 3.5,
  },
  {
    name: 'repeat_interval that is no multiple of group_interval',
    config: { route: { ...once, interval: 2, repeat: 3 } },
    steps: [post(1, 'A'), post(6.6, over('A', 6.5))],
    until: 9,
  },
  {
    name: 'repeat_interval below group_interval: each flush',
    config: { route: { ...once, interval: 1.5, repeat: 0.2 } },
    steps: [post(1, 'A')],
    until: 6,
  },
  {
    name: 'what is new in a group puts the repetition off',
    config: { route: { ...once, groupBy: [], repeat: 2.5 } },
    steps: [post(1, 'A'), post(3.4, fires('B', { start: 3.4 }))],
    until: 8.5,
  },
  {
    name: 'no wait at all',
    config: { route: { ...once, wait: 0 } },
    steps: [post(1, fires('A', { start: 1 })), post(1.4, fires('A n=2', { start: 1.4 }))],
    until: 3.5,
  },
  {
    name: 'a wait that is longer than the interval, and one who has waited already',
    config: { route: { ...once, groupBy: [], wait: 2.5 } },
    steps: [post(1, fires('A')), post(1.6, fires('B', { start: 1.6 })), post(2.2, fires('C', { start: -1 }))],
    // What has waited long enough is told at once there, though others of its group have not.
    later: 'differs',
    until: 5,
  },
  {
    name: 'a receiver with nothing in it',
    config: yaml(`
route:
  receiver: none
  group_wait: 1s
  group_interval: 1s
  routes: [{receiver: hook, matchers: [team=a]}]
receivers: [{name: none}, ${HOOK}]
`),
    steps: [post(1, 'A', 'B team=a'), ...ask(2.5, '/alerts', '/alerts/groups', '/receivers')],
    until: 3,
  },
  {
    name: 'a group that is empty keeps its clock, and begins anew once it is forgotten',
    config: { route: { ...once, wait: 3 } },
    steps: [
      post(1, fires('A', { start: 1 })),
      post(5.3, over('A', 5.2)),
      post(10.4, fires('A', { start: 10.4 })),
      post(12.4, fires('A', { start: 10.4, end: 12.3 })),
      post(36.5, fires('A', { start: 36.5 })),
    ],
    // What fires again in a group that is empty is lost there until the group is forgotten.
    later: [
      { at: 4, receiver: 'hook', alerts: 'A@1' },
      { at: 5.3, to: 7, receiver: 'hook', alerts: 'A@1-5.2' },
      { at: 36.5, to: 40.5, receiver: 'hook', alerts: 'A@36.5' },
    ],
    until: 41,
  },
  {
    name: 'an end that is given by resolve_timeout, put off by who posts again',
    config: { route: once, resolveTimeout: 3 },
    steps: [post(1, fires('A', {})), post(2.5, fires('A', {})), post(4.5, fires('A', {})), ...ask(5, '/alerts')],
    until: 10,
  },
  {
    name: 'resolve_timeout: some of a group run out, and fire again',
    config: { route: { ...once, groupBy: [] }, resolveTimeout: 3 },
    steps: [
      post(1, fires('A', {}), fires('B', { start: 0.5 })),
      post(3.4, fires('B', {})),
      post(5.6, fires('A', { start: 5.6 }), fires('B', {})),
    ],
    until: 11,
  },
]
