import type { AlertingSpec } from './alerting-config.ts'

// Times are seconds since the beginning of the scenario.

export interface ScenarioAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly note?: string
  readonly start?: number
  readonly end?: number
}

export type Input = { readonly at: number } & (
  | { readonly post: readonly ScenarioAlert[] }
  | { readonly silence: readonly string[]; readonly from: number; readonly to: number }
  /** Expires the silence that was set as the nth, from 0. */
  | { readonly expire: number }
  | { readonly restart: true }
  | { readonly reload: true }
)

/** `2 hook: A@1 B@1-3`: the alerts in their order, with start, and end when they are over. */
export interface Expected {
  readonly at: number
  /** When it may come until then; default: soon after. */
  readonly to?: number
  readonly receiver: string
  readonly alerts: string
}

export interface Scenario {
  readonly name: string
  readonly spec: AlertingSpec
  readonly inputs: readonly Input[]
  /** HTTP status of the nth request to a receiver, from 0; `drop`: 200, but it counts as not seen. Default 200. */
  readonly reply?: (receiver: string, nth: number, at: number) => number | 'drop'
  readonly until: number
  readonly expected: readonly Expected[]
  /** What an Alertmanager does instead, where this machine is better. */
  readonly alertmanager?: readonly Expected[]
}

export function alert(
  name: string,
  rest: Omit<ScenarioAlert, 'labels'> & { readonly labels?: Record<string, string> } = {},
): ScenarioAlert {
  return { ...rest, labels: { alertname: name, ...rest.labels } }
}

/** `2 hook: A@1`, or `2..4 hook: A@1`: some time between. */
export function told(...lines: readonly string[]): Expected[] {
  return lines.map((line) => {
    const [, at = '', to, receiver = '', alerts = ''] = /^([\d.]+?)(?:\.\.([\d.]+))? (\w+): (.*)$/.exec(line) ?? []
    return { at: Number(at), ...(to === undefined ? {} : { to: Number(to) }), receiver, alerts }
  })
}

const quick = { groupBy: ['alertname'], wait: 1, interval: 1, repeat: 0.001 } as const
const once = { ...quick, repeat: 3600 } as const
const down = (name: string, zone: string, rest: Omit<ScenarioAlert, 'labels'> = {}): ScenarioAlert =>
  alert(name, { labels: { job: 'testjob', zone }, start: 1, ...rest })

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'merge-alerts',
    spec: { route: quick },
    inputs: [
      { at: 1, post: [alert('A', { start: 1.1 })] },
      { at: 1.2, post: [alert('A', { start: 1 })] },
      { at: 2.1, post: [alert('A', { note: 'v1' })] },
      { at: 3.6, post: [alert('A', { note: 'v2' })] },
      { at: 4.6, post: [alert('A', { note: 'v2', start: 3, end: 4.5 })] },
      { at: 4.8, post: [alert('A', { note: 'v3', start: 2.9, end: 4.8 })] },
      { at: 4.82, post: [alert('A', { note: 'v3', start: 2.9, end: 4.1 })] },
      { at: 5.3, post: [alert('A', { start: 5 })] },
    ],
    until: 6.5,
    expected: told('2 hook: A@1', '3 hook: A@1 v1', '4 hook: A@1 v2', '5 hook: A@1-4.8 v3', '6 hook: A@5'),
  },
  {
    name: 'repeat',
    spec: { route: quick },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 3.5, post: [alert('A', { start: 1, end: 3 })] },
    ],
    until: 6.5,
    expected: told('2 hook: A@1', '3 hook: A@1', '4 hook: A@1-3'),
  },
  {
    name: 'lost-delivery-repeats',
    spec: {
      route: {
        groupBy: ['alertname'],
        wait: 1,
        interval: 2,
        repeat: 3,
        receiver: 'one',
        routes: [{ receiver: 'one', continue: true }, { receiver: 'two' }],
      },
    },
    inputs: [{ at: 1, post: [alert('A', { start: 1 })] }],
    reply: (receiver, _, at) => (receiver === 'two' && at < 4.5 ? 'drop' : 200),
    until: 7,
    expected: told('2 one: A@1', '6 one: A@1', '6 two: A@1'),
  },
  {
    name: 'resolved-by-timeout',
    spec: { route: { groupBy: ['alertname'], wait: 1, interval: 5, repeat: 3600 }, resolveTimeout: 10 },
    inputs: [{ at: 1, post: ['x', 'y', 'z'].map((lbl) => alert('A', { labels: { lbl }, start: 1 })) }],
    until: 13,
    expected: told('2 hook: A/x@1 A/y@1 A/z@1', '12 hook: A/x@1-11 A/y@1-11 A/z@1-11'),
  },
  {
    name: 'inhibiting',
    spec: {
      route: { ...quick, groupBy: [] },
      inhibit: [{ source: ['alertname="JobDown"'], target: ['alertname="InstanceDown"'], equal: ['job', 'zone'] }],
    },
    inputs: [
      { at: 1, post: [down('test', 'aa'), down('InstanceDown', 'aa'), down('InstanceDown', 'ab')] },
      { at: 2.2, post: [down('JobDown', 'aa', { start: 2.2 })] },
      { at: 3.6, post: [down('JobDown', 'aa', { start: 2.2, end: 3.6 })] },
    ],
    until: 4.5,
    expected: told(
      '2 hook: InstanceDown/testjob/aa@1 InstanceDown/testjob/ab@1 test/testjob/aa@1',
      '3 hook: InstanceDown/testjob/ab@1 JobDown/testjob/aa@2.2 test/testjob/aa@1',
      '4 hook: InstanceDown/testjob/aa@1 InstanceDown/testjob/ab@1 JobDown/testjob/aa@2.2-3.6 test/testjob/aa@1',
    ),
  },
  {
    name: 'silencing',
    spec: { route: { ...quick, groupBy: [] } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 1.1, post: [alert('B', { start: 1 })] },
      { at: 1.2, silence: ['alertname="A"'], from: 2.5, to: 4.5 },
    ],
    until: 5.5,
    expected: told('2 hook: A@1 B@1', '3 hook: B@1', '4 hook: B@1', '5 hook: A@1 B@1'),
  },
  {
    name: 'silence-expired',
    spec: { route: once },
    inputs: [
      { at: 0.5, silence: ['alertname=~"A.*"'], from: 0.5, to: 100 },
      { at: 1, post: [alert('Axe', { start: 1 })] },
      { at: 3.5, expire: 0 },
    ],
    until: 5.5,
    expected: told('4 hook: Axe@1'),
  },
  {
    name: 'silenced-by-what-is-not',
    spec: { route: once },
    inputs: [
      { at: 0.5, silence: ['team!="a"'], from: 0.5, to: 100 },
      { at: 1, post: [alert('A', { start: 1 }), alert('B', { labels: { team: 'a' }, start: 1 })] },
    ],
    until: 3,
    expected: told('2 hook: B/a@1'),
  },
  {
    name: 'x-5xx-retried',
    spec: { route: { ...once, interval: 5 } },
    inputs: [{ at: 1, post: [alert('A', { start: 1 })] }],
    reply: (_, nth) => (nth < 3 ? 503 : 200),
    until: 6,
    expected: told('3.15..5.7 hook: A@1'),
  },
  {
    name: 'x-4xx-dropped',
    spec: { route: { ...once, interval: 2 } },
    inputs: [{ at: 1, post: [alert('A', { start: 1 })] }],
    reply: (_, nth) => (nth === 0 ? 400 : 200),
    until: 5,
    expected: told('4 hook: A@1'),
  },
  {
    name: 'x-429-not-retried',
    spec: { route: { ...once, interval: 3 } },
    inputs: [{ at: 1, post: [alert('A', { start: 1 })] }],
    reply: (_, nth) => (nth === 0 ? 429 : 200),
    until: 6,
    expected: told('3..3.9 hook: A@1'),
    alertmanager: told('5 hook: A@1'),
  },
  {
    name: 'x-fired-resolved-within-wait',
    spec: { route: { ...quick, wait: 3 } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 2, post: [alert('A', { start: 1, end: 2 })] },
    ],
    until: 7,
    expected: [],
  },
  {
    name: 'x-continue',
    spec: {
      route: {
        ...once,
        receiver: 'default',
        routes: [
          { receiver: 'a', matchers: ['team="a"'], continue: true },
          { receiver: 'b', matchers: ['sev=~"crit.*"'] },
          { receiver: 'c', matchers: ['team!="x"'] },
        ],
      },
    },
    inputs: [{ at: 1, post: [alert('A', { labels: { team: 'a', sev: 'critical' }, start: 1 })] }],
    until: 3,
    expected: told('2 a: A/critical/a@1', '2 b: A/critical/a@1'),
  },
  {
    name: 'x-silenced-resolve',
    spec: { route: once },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 2.4, silence: ['alertname="A"'], from: 2.5, to: 5 },
      { at: 3.2, post: [alert('A', { start: 1, end: 3.2 })] },
    ],
    until: 10,
    expected: told('2 hook: A@1', '4 hook: A@1-3.2'),
    alertmanager: told('2 hook: A@1'),
  },
  {
    name: 'inhibited-resolve',
    spec: { route: once, inhibit: [{ source: ['alertname="S"'], target: ['alertname="T"'], equal: ['missing'] }] },
    inputs: [
      { at: 1, post: [alert('T', { start: 1 })] },
      { at: 2.2, post: [alert('S', { start: 2.2 })] },
      { at: 3.2, post: [alert('T', { start: 1, end: 3.2 })] },
    ],
    until: 6.5,
    expected: told('2 hook: T@1', '3.2 hook: S@2.2', '4 hook: T@1-3.2'),
    alertmanager: told('2 hook: T@1', '3.2 hook: S@2.2'),
  },
  {
    name: 'x-restart-nflog',
    spec: { route: once },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 3.5, restart: true },
      { at: 5.5, post: [alert('A', { start: 1 })] },
    ],
    until: 8,
    expected: told('2 hook: A@1'),
  },
  {
    name: 'restart-begins-the-clock-anew',
    spec: { route: { ...once, groupBy: [], interval: 30 } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 3, restart: true },
      { at: 5.5, post: [alert('A', { start: 1 }), alert('B', { start: 5 })] },
      { at: 6, post: [alert('C', { start: 6 })] },
    ],
    until: 8,
    expected: told('2 hook: A@1', '5.5 hook: A@1 B@5'),
  },
  {
    name: 'reload-tells-nothing-twice',
    spec: { route: once },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 2.5, reload: true },
      { at: 2.7, post: [alert('B', { start: 0.1 })] },
      { at: 4.2, post: [alert('A', { start: 1, end: 4.2 })] },
    ],
    until: 7,
    expected: told('2 hook: A@1', '2.7 hook: B@0.1', '4.5 hook: A@1-4.2'),
  },
  {
    name: 'x-silenced-source-still-inhibits',
    spec: { route: once, inhibit: [{ source: ['alertname="S"'], target: ['alertname="T"'], equal: ['dc'] }] },
    inputs: [
      { at: 0.5, silence: ['alertname="S"'], from: 0.5, to: 100 },
      {
        at: 1,
        post: [
          alert('S', { labels: { dc: 'x' }, start: 1 }),
          alert('T', { labels: { dc: 'x' }, start: 1 }),
          alert('T', { labels: { dc: 'y' }, start: 1 }),
        ],
      },
    ],
    until: 4,
    expected: told('2 hook: T/y@1'),
  },
  {
    name: 'both-sides-do-not-inhibit-each-other',
    spec: { route: { ...once, groupBy: [] }, inhibit: [{ source: ['sev="page"'], target: ['dc="x"'], equal: ['dc'] }] },
    inputs: [
      {
        at: 1,
        post: [
          alert('P', { labels: { dc: 'x', sev: 'page' }, start: 1 }),
          alert('Q', { labels: { dc: 'x', sev: 'page' }, start: 1 }),
          alert('T', { labels: { dc: 'x' }, start: 1 }),
        ],
      },
    ],
    until: 3,
    expected: told('2 hook: P/x/page@1 Q/x/page@1'),
  },
  {
    name: 'x-mute-interval',
    spec: {
      route: { ...once, routes: [{ matchers: ['team="a"'], mute: ['always'] }] },
      intervals: { always: true },
    },
    inputs: [{ at: 1, post: [alert('T', { labels: { team: 'a' }, start: 1 }), alert('U', { start: 1 })] }],
    until: 4,
    expected: told('2 hook: U@1'),
  },
  {
    name: 'active-interval-is-not-inherited',
    spec: {
      route: {
        ...once,
        receiver: 'top',
        routes: [
          {
            receiver: 'a',
            matchers: ['team="a"'],
            active: ['never'],
            routes: [{ receiver: 'b', matchers: ['sub="1"'] }],
          },
        ],
      },
      intervals: { never: false },
    },
    inputs: [
      {
        at: 1,
        post: [
          alert('T', { labels: { team: 'a' }, start: 1 }),
          alert('T', { labels: { team: 'a', sub: '1' }, start: 1 }),
        ],
      },
    ],
    until: 4,
    expected: told('2 b: T/1/a@1'),
  },
  {
    name: 'x-labels-fingerprint-dedup',
    spec: { route: { ...once, groupBy: ['...'] } },
    inputs: [
      { at: 1, post: [{ labels: { alertname: 'A', a: '1', b: '2' }, start: 1 }] },
      { at: 1.3, post: [{ labels: { b: '2', a: '1', alertname: 'A' }, start: 1 }] },
    ],
    until: 4,
    expected: told('2 hook: A/1/2@1'),
  },
  {
    name: 'x-empty-label-dropped',
    spec: { route: once },
    inputs: [
      { at: 1, post: [alert('A', { labels: { a: '' }, start: 1 })] },
      { at: 1.3, post: [alert('A', { start: 1 })] },
    ],
    until: 4,
    expected: told('2 hook: A@1'),
  },
  {
    name: 'old-alert-is-told-at-once',
    spec: { route: { ...once, wait: 3 } },
    inputs: [{ at: 5, post: [alert('A', { start: 1 })] }],
    until: 7,
    expected: told('5 hook: A@1'),
  },
  {
    name: 'joins-a-group-that-has-been-told',
    spec: { route: { ...once, groupBy: [], interval: 2 } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 2.5, post: [alert('B', { start: 1 })] },
      { at: 4.5, post: [alert('A', { start: 1, end: 4.4 })] },
      { at: 6.5, post: [alert('B', { start: 1, end: 6.4 })] },
    ],
    until: 9,
    expected: told('2 hook: A@1', '4 hook: A@1 B@1', '6 hook: A@1-4.4 B@1', '8 hook: B@1-6.4'),
  },
  {
    name: 'send-resolved-off',
    spec: { route: { ...once, groupBy: [] }, sendResolved: false },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 }), alert('B', { start: 1 })] },
      { at: 2.5, post: [alert('A', { start: 1, end: 2.4 })] },
      { at: 3.5, post: [alert('C', { start: 3.5 })] },
      { at: 4.5, post: [alert('B', { start: 1, end: 4.4 }), alert('C', { start: 3.5, end: 4.4 })] },
      { at: 6.5, post: [alert('B', { start: 6 })] },
    ],
    until: 8.5,
    expected: told('2 hook: A@1 B@1', '4 hook: B@1 C@3.5', '7 hook: B@6'),
  },
  {
    name: 'a-group-waits-for-its-retries',
    spec: { route: { ...once, groupBy: [] } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 2.1, post: [alert('B', { start: 2 })] },
    ],
    reply: (_, nth, at) => (at < 4.5 || nth < 3 ? 503 : 200),
    until: 9,
    expected: told('4.5..8 hook: A@1', '4.5..8.1 hook: A@1 B@2'),
  },
  {
    name: 'resolved-while-never-delivered',
    spec: { route: { ...once, interval: 2 } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 3, post: [alert('A', { start: 1, end: 3 })] },
    ],
    reply: (_, nth) => (nth === 0 ? 400 : 200),
    until: 7,
    expected: [],
  },
  {
    name: 'fires-again-while-the-end-is-not-told',
    spec: { route: { ...once, interval: 3 } },
    inputs: [
      { at: 1, post: [alert('A', { start: 1 })] },
      { at: 3, post: [alert('A', { start: 1, end: 3 })] },
      { at: 4, post: [alert('A', { start: 4 })] },
      { at: 6, post: [alert('A', { start: 4, end: 6 })] },
    ],
    until: 9,
    expected: told('2 hook: A@1', '8 hook: A@4-6'),
  },
  {
    name: 'by-job-then-instance',
    spec: { route: { ...once, groupBy: [] } },
    inputs: [
      {
        at: 1,
        post: [
          alert('A', { labels: { job: 'z', instance: '1' }, start: 1 }),
          alert('C', { labels: { job: 'y', instance: '2' }, start: 1 }),
          alert('B', { labels: { job: 'y', instance: '2', more: '1' }, start: 1 }),
          alert('B', { labels: { zz: '3' }, start: 1 }),
          alert('D', { start: 1 }),
        ],
      },
    ],
    until: 3,
    expected: told('2 hook: C/2/y@1 B/2/y/1@1 A/1/z@1 D@1 B/3@1'),
  },
  {
    name: 'repeats-after-the-interval',
    // No multiple of the group's interval: a real one counts from when a message has gone out to when a flush begins.
    spec: { route: { ...once, repeat: 1.5 } },
    inputs: [{ at: 1, post: [alert('A', { start: 1 })] }],
    until: 7.5,
    expected: told('2 hook: A@1', '4 hook: A@1', '6 hook: A@1'),
  },
]

/** `A/x@1-3 note`: the alert's name, its other labels' values in the order of their names, its start and end. */
export function describeAlert(
  labels: Readonly<Record<string, string>>,
  start: number,
  end: number | undefined,
  note: string | undefined,
): string {
  const { alertname = '', ...others } = labels
  const values = Object.keys(others)
    .sort()
    .map((name) => `/${others[name] ?? ''}`)
  const times = `${seconds(start)}${end === undefined ? '' : `-${seconds(end)}`}`
  return `${alertname}${values.join('')}@${times}${note === undefined || note === '' ? '' : ` ${note}`}`
}

/** Receiver by receiver, each in its order: which of two comes first at one time is nobody's promise. */
export function byReceiver(list: readonly Expected[]): Expected[] {
  return list.toSorted((a, b) => (a.receiver < b.receiver ? -1 : a.receiver > b.receiver ? 1 : 0))
}

function seconds(value: number): number {
  return Math.round(value * 10) / 10
}
