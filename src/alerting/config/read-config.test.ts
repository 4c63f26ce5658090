import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type AlertingConfig,
  type AlertingInput,
  defineAlerting,
  definitionOf,
  explainConfigFault,
  printMatchers,
  readAlertingConfig,
} from '../index.ts'

// Which files are right is compared with amtool in test/peers/alerting-config.test.ts; here is what they become.

function read(text: string): AlertingConfig {
  const result = readAlertingConfig(text, '/etc/am')
  if (!result.ok) throw new Error(result.faults.map((fault) => explainConfigFault(fault)).join('\n'))
  return result.config
}
function faults(text: string): readonly string[] {
  const result = readAlertingConfig(text)
  return result.ok ? [] : result.faults.map((fault) => explainConfigFault(fault, 'am.yml'))
}
function warnings(text: string): readonly string[] {
  const result = readAlertingConfig(text)
  return result.ok ? result.warnings.map((fault) => explainConfigFault(fault, 'am.yml')) : ['refused']
}

const FILE = `global:
  resolve_timeout: 10m
  smtp_smarthost: mail:587
  smtp_from: am@example.org
  smtp_auth_username: am
  smtp_auth_password_file: smtp
  slack_api_url: https://hooks.slack.com/services/a
  http_config: {authorization: {credentials_file: token}}
templates: [t/*.tmpl, /all.tmpl]
route:
  receiver: ops
  group_by: [alertname, job]
  group_wait: 10s
  boxman: {escalation: ladder}
  routes:
  - match: {team: db}
    match_re: {severity: page|crit}
    matchers: ['env!="test"']
    receiver: db
    continue: true
    mute_time_intervals: [nights]
    routes:
    - {group_by: ['...'], repeat_interval: 1h}
receivers:
- name: ops
  boxman: {schedule: week, rate: {per_minute: 30}}
  email_configs:
  - {to: ops@example.org, headers: {subject: '{{ .Status }}'}}
  slack_configs:
  - {channel: '#ops', send_resolved: true}
  - {api_url_file: other, channel: '#more', boxman: {fallback: db, fallback_after: 5m, rate: {per_minute: 6, burst: 2}}}
- name: db
  webhook_configs: [{url: 'http://h/', http_config: {tls_config: {min_version: TLS12}}, boxman: {secret_file: s}}]
  sms_configs: [{account_sid: AC1, auth_token: t, from: '+1', to: '+2'}]
  twilio_configs: [{account_sid: AC1, auth_token: t, from: '+1', to: '+3'}]
inhibit_rules:
- {source_match: {severity: page}, target_matchers: [severity=warn], equal: [job]}
time_intervals:
- name: nights
  time_intervals:
  - {times: [{start_time: '00:00', end_time: '06:00'}], weekdays: ['monday:friday'], location: Europe/Berlin}
  - {days_of_month: ['-2:-1'], months: [december], years: ['2026:2030']}
boxman:
  maintenance:
  - {name: backup, matchers: ['service="db"'], owner: ann, reason: nightly, during: [{weekdays: [sunday], location: Europe/Berlin}]}
  dependencies:
  - {label: service, depends_on: {web: [a.pi], a.pi: [db], db: []}, source_matchers: [severity="page"], equal: [zone]}
  silence_reason_required: true
  silence_expiry_notice: 15m
  hold_off: 30s
  recovery_delay: 1m
  flapping: {changes: 4, window: 10m}
  escalations:
  - {name: ladder, repeats: 1, acknowledge_timeout: 1h, steps: [{after: 5m, receiver: db}]}
  schedules:
  - name: week
    location: Europe/Berlin
    rotations: [{people: [ann, bob], starts_at: 2026-01-05T09:00, shift: 1w}]
    overrides: [{person: cid, from: 2026-02-01, to: '2026-02-02T00:00:00+02:00'}]
`

describe('alertmanager.yml', () => {
  const config = read(FILE)

  it('becomes routes that have what they inherit', () => {
    const { route } = config
    const [db] = route.routes
    expect(route).toMatchObject({
      receiver: 'ops',
      groupBy: ['alertname', 'job'],
      groupWaitMs: 10_000,
      groupIntervalMs: 300_000,
      repeatIntervalMs: 14_400_000,
      escalation: 'ladder',
      continue: false,
    })
    expect(db).toMatchObject({ receiver: 'db', continue: true, muteTimeIntervals: ['nights'], escalation: 'ladder' })
    expect(printMatchers(db?.matchers ?? [])).toBe('{env!="test",severity=~"^(?:page|crit)$",team="db"}')
    expect(db?.routes[0]).toMatchObject({
      receiver: 'db',
      groupBy: 'all',
      groupWaitMs: 10_000,
      repeatIntervalMs: 3_600_000,
      continue: false,
      muteTimeIntervals: [],
    })
  })

  it('becomes receivers with options, those of global and the defaults among them', () => {
    const [ops, db] = config.receivers
    expect(ops?.schedule).toBe('week')
    const http = { authorization: { type: 'Bearer', credentialsFile: '/etc/am/token' } }
    const byKey = Object.fromEntries([...(ops?.integrations ?? []), ...(db?.integrations ?? [])].map((i) => [i.key, i]))
    expect(Object.keys(byKey).sort()).toEqual([
      'db/sms[0]',
      'db/sms[1]',
      'db/webhook[0]',
      'ops/email[0]',
      'ops/slack[0]',
      'ops/slack[1]',
    ])
    expect(byKey['ops/email[0]']).toEqual({
      kind: 'email',
      key: 'ops/email[0]',
      sendResolved: false,
      rate: { burst: 30, perMinute: 30 },
      options: {
        to: 'ops@example.org',
        from: 'am@example.org',
        smarthost: 'mail:587',
        hello: 'localhost',
        authUsername: 'am',
        authPasswordFile: '/etc/am/smtp',
        requireTls: true,
        headers: { Subject: '{{ .Status }}' },
      },
    })
    expect(byKey['ops/slack[0]']).toMatchObject({
      sendResolved: true,
      options: { apiUrl: 'https://hooks.slack.com/services/a', channel: '#ops', httpConfig: http, actions: [] },
    })
    const { options, ...second } = byKey['ops/slack[1]'] ?? {}
    expect(second).toMatchObject({ fallback: 'db', fallbackAfterMs: 300_000, rate: { burst: 2, perMinute: 6 } })
    expect(options).toMatchObject({ apiUrlFile: '/etc/am/other' })
    expect(options).not.toHaveProperty('apiUrl')
    expect(Object.keys(byKey['db/webhook[0]']?.options['httpConfig'] ?? {})).toEqual(['tlsConfig'])
    expect(byKey['db/webhook[0]']).toMatchObject({
      sendResolved: true,
      options: {
        url: 'http://h/',
        maxAlerts: 0,
        httpConfig: { tlsConfig: { minVersion: 'TLS12', insecureSkipVerify: false } },
        secretFile: '/etc/am/s',
      },
    })
    expect([byKey['db/sms[0]'], byKey['db/sms[1]']].map((each) => each?.options['to'])).toEqual(['+3', '+2'])
  })

  it('becomes the rest', () => {
    expect(config).toMatchObject({
      resolveTimeoutMs: 600_000,
      templates: ['/etc/am/t/*.tmpl', '/all.tmpl'],
      holdOffMs: 30_000,
      recoveryDelayMs: 60_000,
      silenceReasonRequired: true,
      silenceExpiryNoticeMs: 900_000,
      flapping: { changes: 4, windowMs: 600_000 },
      escalations: [
        { name: 'ladder', repeats: 1, acknowledgeTimeoutMs: 3_600_000, steps: [{ afterMs: 300_000, receiver: 'db' }] },
      ],
      timeIntervals: [
        {
          name: 'nights',
          specs: [
            { times: [{ from: 0, to: 360 }], weekdays: [{ from: 1, to: 5 }], location: 'Europe/Berlin' },
            { daysOfMonth: [{ from: -2, to: -1 }], months: [{ from: 12, to: 12 }], years: [{ from: 2026, to: 2030 }] },
          ],
        },
      ],
      schedules: [
        {
          name: 'week',
          rotations: [{ people: ['ann', 'bob'], startsAt: Date.UTC(2026, 0, 5, 8), shiftMs: 604_800_000 }],
          overrides: [{ person: 'cid', from: Date.UTC(2026, 0, 31, 23), to: Date.UTC(2026, 1, 1, 22) }],
        },
      ],
    })
    const [rule] = config.inhibitRules
    expect([rule?.sourceMatchers, rule?.targetMatchers].map((each) => printMatchers(each ?? []))).toEqual([
      '{severity="page"}',
      '{severity="warn"}',
    ])
    expect(rule?.equal).toEqual(['job'])
  })

  it('becomes windows of maintenance, and rules for what depends on what', () => {
    const [window] = config.maintenance ?? []
    expect(window).toMatchObject({ name: 'backup', owner: 'ann', reason: 'nightly' })
    expect(window?.specs).toEqual([{ weekdays: [{ from: 0, to: 0 }], location: 'Europe/Berlin' }])
    expect(printMatchers(window?.matchers ?? [])).toBe('{service="db"}')
    const rules = config.inhibitRules
      .slice(1)
      .map(({ sourceMatchers, targetMatchers, equal, dependency }) => [
        printMatchers(sourceMatchers),
        printMatchers(targetMatchers),
        equal,
        dependency?.paths,
      ])
    expect(rules).toEqual([
      [
        String.raw`{service=~"a\\.pi|db",severity="page"}`,
        '{service="web"}',
        ['zone'],
        { 'a.pi': ['web', 'a.pi'], db: ['web', 'a.pi', 'db'] },
      ],
      ['{service=~"db",severity="page"}', '{service="a.pi"}', ['zone'], { db: ['a.pi', 'db'] }],
    ])
  })

  it('that is wrong: every fault at once, with its place, path, and the nearest that is known', () => {
    const text = `route:
  recever: a
  receiver: ab
  group_wait: 5
  routes:
  - matchers: ['a"b']
    mute_time_intervals: [night]
    boxman: {escalation: x}
receivers:
- name: abc
  slack_configs: [{chanel: x}]
  opsgenie_configs: [{api_key: x}]
  pagerduty_configs: [{service_key: x}]
time_intervals: [{name: nights, time_intervals: [{weekdays: [mondey]}]}]
boxman: {hold_of: 1m}
`
    expect(faults(text)).toEqual([
      'am.yml:2:3: route: unknown key recever; did you mean receiver?',
      'am.yml:3:13: route.receiver: undefined receiver "ab" used in route; did you mean "abc"?',
      'am.yml:4:15: route.group_wait: not a valid duration string: "5"; write it like 30s, 5m or 1h30m',
      `am.yml:6:15: route.routes[0].matchers: bad matcher format: a"b; write it like severity="critical" or team=~"a|b"`,
      'am.yml:7:26: route.routes[0].mute_time_intervals: undefined time interval "night" used in route; did you mean "nights"?',
      'am.yml:8:26: route.routes[0].boxman.escalation: undefined escalation policy "x" used in route; there is none',
      'am.yml:11:20: receivers[0].slack_configs[0]: unknown key chanel; did you mean channel?',
      'am.yml:11:19: receivers[0].slack_configs[0]: no global Slack API URL set either inline or in a file: give api_url, or app_token',
      'am.yml:12:3: receivers[0]: opsgenie_configs: there is no channel for OpsGenie; take it out, and use webhook_configs or command_configs with what it offers, or forward to an Alertmanager',
      'am.yml:13:24: receivers[0].pagerduty_configs[0]: service_key: the Events API v1 of PagerDuty is not supported: make an integration of Events API v2 and give its routing_key',
      'am.yml:13:23: receivers[0].pagerduty_configs[0]: missing routing key in PagerDuty config: give routing_key or routing_key_file',
      'am.yml:14:61: time_intervals[0].time_intervals[0].weekdays: mondey is not a valid weekday; there are sunday, monday, tuesday, wednesday, thursday, friday, saturday',
      'am.yml:15:10: boxman: unknown key hold_of; did you mean hold_off?',
    ])
  })

  it.each([
    [
      'boxman: {escalations: [{name: e, steps: [{after: 1m, receiver: b}]}]}',
      'undefined receiver "b" used in escalation',
    ],
    ['boxman: {escalations: [{name: e, repeats: 2, steps: [{after: 0s, receiver: a}]}]}', 'cannot be repeated'],
    ['boxman: {escalations: [{name: e}]}', 'missing steps'],
    ['boxman: {flapping: {changes: 1, window: 1m}}', '2 or more'],
    ['boxman: {silence_expiry_notices: 1m}', 'did you mean silence_expiry_notice?'],
    ['boxman: {maintenence: []}', 'did you mean maintenance?'],
    ['boxman: {maintenance: [{name: x, ower: ann}]}', 'did you mean owner?'],
    ['boxman: {maintenance: [{name: x, owner: ann, matchers: [a="b"], during: [{years: [2030]}]}]}', 'missing reason'],
    ['boxman: {maintenance: [{name: x, owner: ann, reason: y, during: [{years: [2030]}]}]}', 'missing matchers'],
    [
      'boxman: {maintenance: [{name: x, owner: ann, reason: y, matchers: [a=""], during: [{years: [2030]}]}]}',
      'must not match an empty value',
    ],
    ['boxman: {maintenance: [{name: x, owner: ann, reason: y, matchers: [a="b"]}]}', 'missing during'],
    [
      'boxman: {maintenance: [{name: x, owner: ann, reason: y, matchers: [a="b"], during: [{location: UTC}]}]}',
      'would never end',
    ],
    ['boxman: {dependencies: [{label: s, depends_on: {a: [b], b: [c], c: [d, b]}}]}', 'b -> c -> b is a circle'],
    ['boxman: {dependencies: [{label: s, depends_on: {a: [a]}}]}', 'a -> a is a circle'],
    ['boxman: {dependencies: [{depends_on: {a: [b]}}]}', 'missing label'],
    ['boxman: {dependencies: [{label: s, dependson: {a: [b]}}]}', 'did you mean depends_on?'],
    ['boxman: {dependencies: [{label: s}]}', 'missing depends_on'],
    ['boxman: {dependencies: [{label: s, depends_on: {a: b}}]}', 'cannot read `b` as a list: depends_on.a'],
    ['boxman: {schedules: [{name: s, location: Berlin, rotations: []}]}', 'unknown time zone Berlin'],
    [
      'boxman: {schedules: [{name: s, rotations: [{people: [a], shift: 1d, starts_at: monday}]}]}',
      'monday is no moment',
    ],
    [
      'boxman: {schedules: [{name: s, rotations: [{people: [a], shift: 1d, starts_at: 2026-02-30}]}]}',
      '2026-02-30 is no moment',
    ],
  ])('%s: %s', (text, fault) => {
    expect(faults(`route: {receiver: a}\nreceivers: [{name: a}]\n${text}\n`).join('\n')).toContain(fault)
  })

  it('is read or refused, whatever it holds', () => {
    const lines = FILE.split('\n')
    const junk = fc.constantFrom(
      '5',
      '[]',
      '{}',
      '[[]]',
      'null',
      "''",
      '{a: b}',
      '[a, {b: c}]',
      'true',
      '-1',
      '"\\ud800"',
    )
    fc.assert(
      fc.property(fc.nat(lines.length - 1), fc.nat(6), junk, (at, skipped, value) => {
        const line = lines[at] ?? ''
        const from = Array.from(line.matchAll(/: /g), ({ index }) => index)[skipped] ?? line.length
        const text = lines.with(at, `${line.slice(0, from)}: ${value}`).join('\n')
        const result = readAlertingConfig(text)
        expect(result.ok ? result.config.receivers.length : result.faults.length).toBeGreaterThan(0)
      }),
      { numRuns: 500 },
    )
  })

  it('of aliases that multiply is refused', () => {
    expect(faults('route: &a {receiver: a, routes: [*a, *a]}\nreceivers: [{name: a}]\n').join()).toMatch(
      /levels deep|aliases counted/,
    )
  })

  it('refuses fallbacks that go in circles', () => {
    const hook = (name: string, to: string): string =>
      `{name: ${name}, boxman: {fallback: ${to}}, webhook_configs: [{url: 'http://h/'}]}`
    expect(
      faults(`route: {receiver: a}\nreceivers: [${hook('a', 'b')}, ${hook('b', 'c')}, ${hook('c', 'a')}]\n`),
    ).toEqual(['a', 'b', 'c'].map((name) => expect.stringContaining(`the fallbacks of "${name}" lead back to it`)))
  })

  it.each([
    [
      'repeat_interval: 7m',
      'route.repeat_interval: repeat_interval 7m is no multiple of group_interval 5m: it is repeated every 10m',
    ],
    ['group_wait: 10m', 'route.group_wait: group_wait 10m is longer than group_interval 5m'],
    ['routes: [{matchers: [a=b]}, {matchers: [a=b, c=d]}]', 'route.routes[1]: never reached: {a="b"} before it'],
    ['routes: [{matchers: ["a=~b\\\\d"]}]', 'read as {a=~"b\\\\d"}; write it so'],
    ['routes: [{match: {a: b}}]', 'match and match_re are deprecated'],
    ['group_wait: 0s', 'receiver "a" has no integrations'],
  ])('is taken with a warning: %s', (text, warning) => {
    expect(warnings(`route: {receiver: a, ${text}}\nreceivers: [{name: a}]\n`).join('\n')).toContain(warning)
  })

  it('without what is to be wondered at has no warnings', () => {
    expect(warnings("route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://h/'}]}]\n")).toEqual(
      [],
    )
  })
})

describe('defineAlerting', () => {
  it('is the same as a file', () => {
    const input: AlertingInput = {
      global: { slackApiUrl: 'https://h/', httpConfig: { tlsConfig: { caFile: '/ca' } } },
      route: {
        receiver: 'a',
        groupBy: ['alertname'],
        repeatInterval: '1h',
        routes: [{ matchers: ['severity="page"'], muteTimeIntervals: ['n'], boxman: { escalation: 'e' } }],
      },
      receivers: [
        {
          name: 'a',
          slackConfigs: [{ channel: '#a', shortFields: true, sendResolved: true, boxman: { rate: { perMinute: 3 } } }],
          pagerdutyConfigs: [{ routingKey: 'k', details: { camelCase: 'stays', snake_case: 'too' } }],
          webhookConfigs: [{ url: 'http://h/', timeout: '5s', boxman: { secret: 'whsec_x' } }],
        },
      ],
      timeIntervals: [{ name: 'n', timeIntervals: [{ daysOfMonth: [1, '-1'] }] }],
      boxman: {
        holdOff: '1m',
        dependencies: [{ label: 's', dependsOn: { webApp: ['dB'] } }],
        escalations: [{ name: 'e', steps: [{ after: '5m', receiver: 'a' }] }],
      },
    }
    const file = `
global: {slack_api_url: 'https://h/', http_config: {tls_config: {ca_file: /ca}}}
route:
  receiver: a
  group_by: [alertname]
  repeat_interval: 1h
  routes: [{matchers: ['severity="page"'], mute_time_intervals: [n], boxman: {escalation: e}}]
receivers:
- name: a
  slack_configs: [{channel: '#a', short_fields: true, send_resolved: true, boxman: {rate: {per_minute: 3}}}]
  pagerduty_configs: [{routing_key: k, details: {camelCase: stays, snake_case: too}}]
  webhook_configs: [{url: 'http://h/', timeout: 5s, boxman: {secret: whsec_x}}]
time_intervals: [{name: n, time_intervals: [{days_of_month: [1, -1]}]}]
boxman: {hold_off: 1m, dependencies: [{label: s, depends_on: {webApp: [dB]}}], escalations: [{name: e, steps: [{after: 5m, receiver: a}]}]}
`
    const defined = defineAlerting(input)
    expect(JSON.stringify(defined)).toBe(JSON.stringify(read(file)))
    expect(JSON.stringify(read(definitionOf(defined)?.text ?? ''))).toBe(JSON.stringify(read(file)))
    expect(definitionOf({ ...defined })).toBeUndefined()
  })

  it('names the path of all that is wrong, as it is written in code', () => {
    const wrong: AlertingInput = {
      route: { receiver: 'b', groupWait: '5', routes: [{ muteTimeIntervals: ['x'] }] },
      // @ts-expect-error what a caller without types may pass
      receivers: [{ name: 'a', slackConfigs: [{ chanel: 'x' }], hooks: [] }],
    }
    expect(() => defineAlerting(wrong)).toThrow(
      [
        'receivers[0]: unknown key hooks; there may be name, boxman, webhookConfigs, slackConfigs, pagerdutyConfigs, msteamsConfigs, msteamsv2Configs, emailConfigs, discordConfigs, telegramConfigs, twilioConfigs, smsConfigs, ntfyConfigs, commandConfigs',
        'receivers[0].slackConfigs[0]: unknown key chanel; did you mean channel?',
        'receivers[0].slackConfigs[0]: no global Slack API URL set either inline or in a file: give apiUrl, or appToken',
        'route.groupWait: not a valid duration string: "5"; write it like 30s, 5m or 1h30m',
        'route.receiver: undefined receiver "b" used in route; there are a',
        'route.routes[0].muteTimeIntervals: undefined time interval "x" used in route; there is none',
      ].join('\n'),
    )
  })

  it('refuses what is no value', () => {
    const wrong = { route: { receiver: 'a' }, receivers: [{ name: () => 'a' }] }
    // @ts-expect-error what a caller without types may pass
    expect(() => defineAlerting(wrong)).toThrow('receivers[0].name: a function is no value')
  })
})
