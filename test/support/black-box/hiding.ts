import type { AlertingSpec } from '../alerting-config.ts'
import { told } from '../alerting-scenarios.ts'
import { ask, type BlackBoxScenario, fires, once, over, post } from './write.ts'

const both = (inhibit: AlertingSpec['inhibit'] & object): AlertingSpec => ({
  route: { ...once, groupBy: ['...'] },
  inhibit,
})
const LISTS = ['/alerts', '/alerts/groups', '/alerts?inhibited=false', '/alerts?active=false', '/silences'] as const
const SILENCES = ['/alerts', '/alerts/groups?silenced=false', '/silences'] as const

/** A time interval from an hour ago until one ahead, by the clock of a place. */
function around(location: string): string {
  const hour = (offset: number): string =>
    new Date(Date.now() + offset * 3_600_000).toLocaleTimeString('en-GB', { timeZone: location }).slice(0, 2)
  const [from, to] = [`${hour(-1)}:00`, `${hour(2)}:00`]
  const times = from < to ? [[from, to]] : [[from, '24:00'], ...(to === '00:00' ? [] : [['00:00', to]])]
  return `{times: [${times.map(([a, b]) => `{start_time: '${a}', end_time: '${b}'}`).join(', ')}], location: '${location}'}`
}

const intervals =
  (routes: string, list: string) =>
  (hooks: string): string =>
    `
route:
  {receiver: top, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h, routes: [${routes}]}
receivers:
- {name: top, webhook_configs: [{url: '${hooks}/top'}]}
- {name: a, webhook_configs: [{url: '${hooks}/a'}]}
- {name: b, webhook_configs: [{url: '${hooks}/b'}]}
${list}
`

export const HIDING: readonly BlackBoxScenario[] = [
  {
    name: 'a silence of what is not, alone',
    config: { route: once },
    steps: [
      { at: 0.5, silence: ['team!="a"'], from: 0.5, to: 60 },
      { at: 0.6, silence: ['team!~"a|b"'], from: 0.6, to: 600 },
      { at: 0.7, silence: ['team=~".*"'], from: 0.7, to: 60 },
      { at: 0.7, silence: ['team=""'], from: 0.7, to: 60 },
      post(1, 'A team=a', 'B team=b', 'C'),
      ...ask(2.4, '/silences', '/alerts'),
    ],
    until: 3.5,
  },
  {
    name: 'inhibition: all source matchers are to match, all of equal be equal',
    config: both([
      {
        source: ['sev="page"', 'kind=~"node|disk"', 'env!="dev"'],
        target: ['sev=~"mail|info"'],
        equal: ['zone', 'host'],
      },
    ]),
    steps: [
      post(
        1,
        'S sev=page kind=node zone=1 host=h',
        'S sev=page kind=net zone=2',
        'S sev=page kind=disk zone=3 env=dev',
      ),
      post(1.1, 'T sev=mail zone=1 host=h', 'T sev=mail zone=1', 'T sev=info zone=2', 'T sev=info zone=3'),
      ...ask(2.4, ...LISTS),
    ],
    until: 3.5,
  },
  {
    name: 'inhibition: what is missing equals what is missing',
    config: both([{ source: ['sev="page"'], target: ['sev="mail"'], equal: ['zone', 'never'] }]),
    steps: [
      post(1, 'S sev=page zone='),
      post(1.1, 'T sev=mail', 'T sev=mail zone=1', 'U sev=mail zone='),
      ...ask(2.4, ...LISTS),
    ],
    until: 3.5,
  },
  {
    name: 'inhibition: without equal any source counts',
    config: both([{ source: ['sev="page"'], target: ['sev="mail"'], equal: [] }]),
    steps: [post(1, 'S sev=page zone=2'), post(1.1, 'T sev=mail zone=1'), post(3.4, over('S sev=page zone=2', 3.3))],
    until: 5.5,
  },
  {
    name: 'inhibition: a chain, whose middle inhibits though it is inhibited',
    config: both([
      { source: ['alertname="S"'], target: ['alertname="M"'], equal: ['zone'] },
      { source: ['alertname="M"'], target: ['alertname="T"'], equal: ['zone'] },
    ]),
    steps: [
      post(1, 'S zone=1', 'M zone=1', 'T zone=1', 'T zone=2'),
      ...ask(2.4, ...LISTS),
      post(2.6, over('S zone=1', 2.5)),
      post(4.5, over('M zone=1', 4.4)),
    ],
    until: 7,
  },
  {
    name: 'inhibition: none of itself',
    config: both([
      { source: ['sev="page"'], target: ['zone="1"'], equal: ['zone'] },
      { source: ['alertname="X"'], target: ['alertname=~"X|Y"'], equal: [] },
    ]),
    steps: [post(1, 'A sev=page zone=1', 'B zone=1', 'C sev=page zone=2', 'X', 'X n=1', 'Y'), ...ask(2.4, ...LISTS)],
    until: 3.5,
  },
  {
    name: 'inhibition: ends with the time of its source, which nobody said',
    config: { ...both([{ source: ['alertname="S"'], target: ['alertname="T"'], equal: [] }]), resolveTimeout: 2 },
    steps: [post(1, fires('S', {}), fires('T', { start: 1, end: 20 })), ...ask(2.4, ...LISTS)],
    until: 6,
  },
  {
    name: 'inhibition: a source that is over already does nothing',
    config: both([{ source: ['alertname="S"'], target: ['alertname="T"'], equal: [] }]),
    steps: [post(1, over('S', 0.9, 0.5), 'T')],
    until: 3.5,
  },
  {
    name: 'inhibition: a source that comes and goes between two flushes',
    config: {
      route: { ...once, interval: 2, repeat: 1 },
      inhibit: both([{ source: ['alertname="S"'], target: ['alertname="T"'], equal: [] }]).inhibit ?? [],
    },
    steps: [post(1, 'T'), post(2.5, fires('S', { start: 2.5 })), post(3.2, fires('S', { start: 2.5, end: 3.1 }))],
    until: 7.5,
  },
  {
    name: 'inhibition: of one of a group; told again when it is so no more',
    config: {
      route: { ...once, groupBy: [] },
      inhibit: [{ source: ['alertname="S"'], target: ['alertname="T"'], equal: [] }],
    },
    steps: [post(1, 'A', 'S', 'T'), post(2.5, over('S', 2.4)), post(3.5, 'B')],
    until: 5.5,
  },
  {
    name: 'inhibition: in the words of old',
    config: (hooks) => `
route: {receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s}
receivers: [{name: hook, webhook_configs: [{url: '${hooks}/hook'}]}]
inhibit_rules:
- {source_match: {sev: page}, source_match_re: {alertname: 'S|R'}, target_match_re: {sev: 'mail|info'}, target_match: {env: p}, equal: [zone]}
`,
    steps: [
      post(1, 'S sev=page zone=1', 'T sev=mail env=p zone=1', 'U sev=info env=p zone=2', 'V sev=mail zone=1'),
      ...ask(2.4, ...LISTS),
    ],
    until: 3.5,
  },
  {
    name: 'silence: by pattern, by what is not, by what is missing',
    config: { route: { ...once, groupBy: ['...'] } },
    steps: [
      { at: 0.3, silence: ['alertname=~"A.*"', 'team!="b"'], from: 0.3, to: 60 },
      { at: 0.4, silence: ['alertname="X"', 'zone=""'], from: 0.4, to: 160 },
      { at: 0.5, silence: ['alertname!~"[A-Z]+"', 'n=~"1|2"'], from: 0.5, to: 260 },
      { at: 0.6, silence: ['zone=""'], from: 0.6, to: 360 },
      post(1, 'AB', 'AB team=b', 'A team=a', 'BA', 'X', 'X zone=1', 'x n=1', 'x n=12', 'X1 n=2'),
      ...ask(2.4, ...SILENCES, '/silences?filter=zone%3D1'),
    ],
    until: 3.5,
  },
  {
    name: 'silence: one that begins later, and ends',
    config: { route: { ...once, repeat: 0.8 } },
    steps: [
      { at: 0.5, silence: ['alertname="A"'], from: 2.5, to: 4.5 },
      post(1, 'A', 'B'),
      ...[1.4, 3.4, 5.4].flatMap((at) => ask(at, ...SILENCES)),
    ],
    until: 6.5,
  },
  {
    name: 'silence: one that is set after the alert was told',
    config: { route: { ...once, groupBy: [], repeat: 0.8 } },
    steps: [
      post(1, 'A', 'B'),
      { at: 2.4, silence: ['alertname="A"'], from: 0, to: 60 },
      ...ask(2.8, ...SILENCES),
      { at: 4.5, expire: 0 },
      ...ask(4.7, ...SILENCES),
    ],
    until: 6.5,
  },
  {
    name: 'silence: made longer and shorter in its place',
    config: { route: { ...once, repeat: 0.8 } },
    steps: [
      post(1, 'A'),
      { at: 1.5, silence: ['alertname="A"'], from: 1.5, to: 3.5 },
      { at: 2.4, change: 0, silence: ['alertname="A"'], from: 1.5, to: 60 },
      ...ask(2.6, ...SILENCES),
      { at: 4.4, change: 0, silence: ['alertname="A"'], from: 1.5, to: 5.5 },
      ...ask(4.6, ...SILENCES),
    ],
    until: 8,
  },
  {
    name: 'silence: other matchers make another one',
    config: { route: { ...once, repeat: 0.8 } },
    steps: [
      { at: 0.5, silence: ['alertname="A"'], from: 0.5, to: 60 },
      post(1, 'A', 'B'),
      { at: 2.5, change: 0, silence: ['alertname="B"'], from: 0.5, to: 60 },
      ...ask(2.7, ...SILENCES),
      { at: 3.5, change: 0, silence: ['alertname="C"'], from: 0.5, to: 60 },
      { at: 3.6, expire: 0 },
      ...ask(3.7, ...SILENCES),
    ],
    until: 5.5,
  },
  {
    name: 'silence: of the last of a group, while the end of another is posted again',
    config: { route: { ...once, groupBy: [] } },
    steps: [
      post(1, 'A', 'B'),
      post(2.4, over('B', 2.3)),
      { at: 3.4, silence: ['alertname=A'], from: 3.4, to: 6.4 },
      post(3.6, over('B', 2.3)),
      post(8.4, over('A', 8.3)),
    ],
    until: 10.5,
  },
  {
    name: 'silence: of an alert that is over meanwhile, and fires again',
    config: { route: once },
    steps: [
      post(1, 'B'),
      { at: 1.2, silence: ['alertname="A"'], from: 1.2, to: 5.5 },
      post(1.5, fires('A', { start: 1.5 })),
      post(3, fires('A', { start: 1.5, end: 2.9 })),
      post(4.4, fires('A', { start: 4.4 })),
    ],
    // It begins a new group, where the one of 0.25 goes on with the old clock.
    later: 'differs',
    until: 8,
  },
  {
    name: 'silence: two of one alert, one ends',
    config: { route: once },
    steps: [
      { at: 0.5, silence: ['alertname="A"'], from: 0.5, to: 3.5 },
      { at: 0.6, silence: ['team="a"'], from: 0.6, to: 60 },
      post(1, 'A team=a'),
      ...ask(2.5, '/silences'),
      { at: 4.5, expire: 1 },
    ],
    until: 6.5,
  },
  {
    name: 'silence: what cannot be one',
    config: { route: once },
    steps: [
      { at: 0.5, silence: ['alertname=~".*"'], from: 0, to: 60 },
      { at: 0.5, silence: ['alertname="A"'], from: 5, to: 4 },
      { at: 0.5, silence: ['alertname="A"'], from: -60, to: -4 },
      { at: 0.5, silence: [], from: 0, to: 60 },
      post(1, 'A'),
    ],
    until: 2.5,
  },
  {
    name: 'silence: kept over a restart, with one that has expired',
    config: { route: once },
    steps: [
      { at: 0.5, silence: ['alertname="A"'], from: 0.5, to: 60 },
      { at: 0.6, silence: ['alertname="B"'], from: 0.6, to: 60 },
      { at: 0.8, expire: 1 },
      post(1, 'A', 'B'),
      { at: 2.5, restart: true },
      post(4.5, 'A', 'B', 'C'),
      ...ask(5, ...SILENCES),
      { at: 5.6, expire: 0 },
    ],
    until: 8,
  },
  {
    name: 'mute and active times at several routes, by the clock of a place',
    config: intervals(
      `
  {receiver: a, matchers: [n="1"], mute_time_intervals: [tokyo], routes: [{receiver: b, matchers: [m="1"]}]},
  {receiver: a, matchers: [n="2"], mute_time_intervals: [elsewhere, never]},
  {receiver: b, matchers: [n="3"], active_time_intervals: [elsewhere], continue: true},
  {receiver: a, matchers: [n="3"], active_time_intervals: [never, tokyo]},
  {receiver: b, matchers: [n="4"], active_time_intervals: [tokyo], mute_time_intervals: [berlin]},
  {receiver: b, matchers: [n="5"], active_time_intervals: [tokyo], mute_time_intervals: [never]}`,
      `time_intervals:
- {name: tokyo, time_intervals: [${around('Asia/Tokyo')}]}
- {name: berlin, time_intervals: [{years: ['1990']}, ${around('Europe/Berlin')}]}
- {name: elsewhere, time_intervals: [${around('Asia/Tokyo').replace('Asia/Tokyo', 'America/Los_Angeles')}]}
- {name: never, time_intervals: [{years: ['1990'], weekdays: ['monday:saturday']}]}`,
    ),
    steps: [post(1, 'A n=1', 'A n=1 m=1', 'A n=2', 'A n=3', 'A n=4', 'A n=5', 'A')],
    until: 4,
  },
  {
    name: 'who was told is told that it is over: a silence that lasts',
    config: { route: once },
    steps: [post(1, 'A'), { at: 2.4, silence: ['alertname="A"'], from: 2.4, to: 60 }, post(3.4, over('A', 3.4))],
    until: 6,
    boxman: told('2 hook: A@1', '4 hook: A@1-3.4'),
    alertmanager: told('2 hook: A@1'),
  },
  {
    name: 'who was told is told that it is over: another receiver has it since a reload',
    config: { route: once },
    steps: [
      post(1, 'A'),
      {
        at: 2.6,
        config: {
          route: {
            ...once,
            routes: [{ receiver: 'new', continue: true, matchers: ['alertname="A"'] }, { matchers: ['alertname="B"'] }],
          },
        },
      },
      post(4.4, over('A', 4.4)),
    ],
    until: 7,
    boxman: told('2 hook: A@1', '2.6 new: A@1', '4.6 new: A@1-4.4', '4.6..5.7 hook: A@1-4.4'),
    alertmanager: told('2 hook: A@1', '2.6 new: A@1', '4.6 new: A@1-4.4'),
  },
  {
    name: 'mute times in the words of old',
    config: intervals(
      '{receiver: a, matchers: [n="1"], mute_time_intervals: [now]}, {receiver: a, matchers: [n="2"], mute_time_intervals: [then]}',
      `mute_time_intervals:
- {name: now, time_intervals: [${around('UTC')}]}
- {name: then, time_intervals: [{months: ['1:12'], days_of_month: ['1:31'], years: ['1990:1995']}]}`,
    ),
    steps: [post(1, 'A n=1', 'A n=2', 'A'), post(2.5, over('A n=2', 2.4))],
    until: 4.5,
  },
]
