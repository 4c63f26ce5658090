import { ask, type BlackBoxScenario, fires, once, over, post } from './write.ts'

export const ALERTS: readonly BlackBoxScenario[] = [
  {
    name: 'over before anybody heard of it',
    config: { route: once },
    steps: [post(1, over('A', 0.5, 0)), ...ask(1.5, '/alerts', '/alerts/groups'), post(2.5, 'B')],
    until: 5,
  },
  {
    name: 'an end in the future comes',
    config: { route: once },
    steps: [post(1, fires('A', { start: 0.6, end: 3.5 })), ...ask(2.5, '/alerts')],
    until: 5.5,
  },
  {
    name: 'an end in the future is put off, and brought forward',
    config: { route: { ...once, groupBy: ['...'] } },
    steps: [
      post(1, fires('A', { start: 1, end: 3.5 }), fires('B', { start: 1, end: 30 })),
      post(2.5, fires('A', { start: 1, end: 5.5 }), fires('B', { start: 1, end: 4.5 })),
    ],
    until: 8,
  },
  {
    name: 'an end without a start; a start in the future',
    config: { route: once },
    steps: [
      post(1, fires('A', { end: 4.4 }), fires('B', { start: 5 }), fires('C', { start: 5, end: 6.4 })),
      ...ask(3.4, '/alerts', '/alerts/groups'),
    ],
    until: 8.5,
  },
  {
    name: 'an end and no start, in the past',
    config: { route: once },
    steps: [post(1, 'A'), post(2.4, fires('A', { end: 2.3 })), ...ask(2.7, '/alerts')],
    until: 5,
  },
  {
    name: 'other annotations are told with what is told next, and are no reason to',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      post(1, fires('A', { start: 1, note: 'one' })),
      post(2.4, fires('A', { start: 1, note: 'two' })),
      ...ask(3.2, '/alerts'),
      post(3.5, fires('B', { start: 1, note: 'two' })),
      post(4.5, fires('A', { start: 1, end: 4.5 })),
    ],
    until: 6.5,
  },
  {
    name: 'annotations, and another address of who made it',
    config: { route: { ...once, groupBy: [], repeat: 0.9 } },
    steps: [
      {
        at: 1,
        send: '[{"labels":{"alertname":"A"},"annotations":{"b":"1","a":"x"},"startsAt":"$@1","generatorURL":"http://p/1"}]',
      },
      {
        at: 2.5,
        send: '[{"labels":{"alertname":"A"},"annotations":{"b":"1"},"startsAt":"$@1","generatorURL":"http://p/2"},{"labels":{"alertname":"B"},"annotations":{"b":"1","a":"x"},"startsAt":"$@1"}]',
      },
      ...ask(3.5, '/alerts'),
      { at: 3.6, send: '[{"labels":{"alertname":"A"},"startsAt":"$@1","endsAt":"$@3.6"}]' },
    ],
    until: 5.5,
  },
  {
    name: 'annotations without a value',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      {
        at: 1,
        send: '[{"labels":{"alertname":"A"},"annotations":{"b":"","a":"x"},"startsAt":"$@1"},{"labels":{"alertname":"B"},"annotations":{"b":""},"startsAt":"$@1"}]',
      },
      ...ask(2.5, '/alerts', '/alerts/groups'),
      { at: 2.6, send: '[{"labels":{"alertname":"C"},"annotations":{"a":"x"},"startsAt":"$@1"}]' },
    ],
    until: 4,
  },
  {
    name: 'what is wrong in a batch does not keep the others from being taken',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      {
        at: 1,
        send: '[{"labels":{}},{"labels":{"alertname":"A"},"startsAt":"$@1"},{"labels":{"alertname":"B"},"startsAt":"$@3","endsAt":"$@2"},{"labels":{"alertname":"C","e":""},"startsAt":"$@1"}]',
      },
      { at: 1.2, send: '[{"labels":{"alertname":"D"},"startsAt":"yesterday"},{"labels":{"alertname":"E"}}]' },
      { at: 1.3, send: '[{"labels":{"alertname":"F"}' },
      { at: 1.3, send: '{"labels":{"alertname":"G"}}' },
      { at: 1.3, send: '[]' },
      ...ask(2.5, '/alerts'),
    ],
    until: 4,
  },
  {
    name: 'the same alert twice in a batch',
    config: { route: { ...once, groupBy: ['...'] } },
    steps: [
      post(1, fires('A', { start: 1, note: 'one' }), fires('A', { start: 1, note: 'two' })),
      post(
        1.1,
        fires('B', { start: 1 }),
        over('B', 1.05),
        fires('C', { start: 0.5, end: 0.9 }),
        fires('C', { start: 1 }),
      ),
    ],
    // The first of them counts there, and one that ends within the batch is told.
    later: 'differs',
    until: 3.5,
  },
  {
    name: 'over and on again before anybody is told that it was over',
    config: { route: { ...once, interval: 2 } },
    steps: [
      post(1, 'A'),
      post(2.5, over('A', 2.4)),
      post(2.9, fires('A', { start: 2.8 })),
      post(6.5, over('A', 6.4, 2.8)),
    ],
    until: 9,
  },
  {
    name: 'on again after it was told as over',
    config: { route: once },
    steps: [
      post(1, 'A'),
      post(2.4, over('A', 2.4)),
      post(4.5, fires('A', { start: 4.4 })),
      post(5.5, over('A', 5.4, 4.4)),
    ],
    // As in an empty group that keeps its clock.
    later: [
      { at: 2, receiver: 'hook', alerts: 'A@1' },
      { at: 2.4, to: 4, receiver: 'hook', alerts: 'A@1-2.4' },
    ],
    until: 7.5,
  },
  {
    name: 'told as over again, and with a later end',
    config: { route: once },
    steps: [
      post(1, 'A'),
      post(2.4, over('A', 2.3)),
      post(2.6, over('A', 2.3)),
      post(3.4, over('A', 2.3)),
      post(4.4, over('A', 4.4)),
    ],
    until: 6.5,
  },
  {
    name: 'an older start is learnt later',
    config: { route: { ...once, repeat: 0.9 } },
    steps: [post(1, 'A'), post(2.4, fires('A', { start: 0.2 })), post(3.5, fires('A', { start: 2 }))],
    until: 5.5,
  },
  {
    name: 'one of two is over, then the other, and one comes between',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      post(1, 'A', 'B'),
      post(2.4, over('A', 2.3)),
      post(3.4, fires('C', { start: 3.4 }), over('B', 3.3)),
      post(4.4, over('C', 4.4, 3.4)),
    ],
    until: 7,
  },
  {
    name: 'all are over but one that comes at once',
    config: { route: { ...once, groupBy: [] } },
    steps: [post(1, 'A', 'B'), post(2.3, over('A', 2.2), over('B', 2.3)), post(2.6, fires('C', { start: 2.6 }))],
    until: 5,
  },
  {
    name: 'fired and over within the wait, while another fires',
    config: { route: { ...once, groupBy: [], wait: 2 } },
    steps: [post(1, 'A', 'B'), post(2, over('A', 1.9)), ...ask(2.4, '/alerts', '/alerts/groups')],
    until: 5.5,
  },
  {
    name: 'fired and over between two flushes, alone and with another',
    config: { route: { ...once, interval: 2, groupBy: ['team'] } },
    steps: [
      post(1, 'A team=a', 'B team=b'),
      post(2.4, fires('C team=a', { start: 2.4 })),
      post(2.8, fires('C team=a', { start: 2.4, end: 2.8 })),
      post(4.5, over('A team=a', 4.4)),
    ],
    until: 8.5,
  },
  {
    name: 'labels and values of all kinds',
    config: { route: { ...once, groupBy: ['alertname', 'odd'] } },
    steps: [
      {
        at: 1,
        post: [
          { labels: { alertname: 'A', odd: 'Q"uo\\te\n\tñ😀', x: '<&>' }, start: 1, note: 'a "b"\n<c>' },
          { labels: { alertname: 'A', odd: ' ', _: '=', __x__: ',}' }, start: 1 },
          { labels: { other: 'no name' }, start: 1 },
        ],
      },
      ...ask(2.5, '/alerts', '/alerts/groups', '/alerts?filter=odd%3D%22%20%22'),
    ],
    until: 3.5,
  },
  {
    name: 'many in a group, in their order',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      post(
        1,
        'Z',
        'A job=b instance=2',
        'A job=b instance=10',
        'C job=a',
        'B instance=1',
        'A a=1',
        'A b=1',
        'A a=2 b=1',
        'A B=1',
        'AA',
        'A a=10',
        'A job=b',
        'Y job=B instance=1 z=1',
        'A c=1 b=1',
      ),
      ...ask(2.5, '/alerts', '/alerts/groups'),
    ],
    until: 3.5,
  },
]
