import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { alertOf, anyNotification, notificationOf } from '../../../test/support/notifications.ts'
import { LabelSet } from '../../series/index.ts'
import { HtmlOutput } from '../template/html-output.ts'
import { text } from '../template/value.ts'
import { GoTemplates, messageOf, MessageTemplates, severityOf, severityOfWord, subjectOf, Wording } from './index.ts'
import { lengthText } from './message.ts'
import { plainText } from './plain-text.ts'
import { clip, clipBytes, largestFitting } from './truncate.ts'

describe('severities', () => {
  it.each([
    ['CRITICAL', 'critical'],
    ['page', 'critical'],
    ['P1', 'critical'],
    ['err', 'error'],
    [' warn ', 'warning'],
    ['ticket', 'warning'],
    ['information', 'info'],
    ['none', 'info'],
    ['urgent-ish', undefined],
  ])('%j is %s', (word, severity) => expect(severityOfWord(word)).toBe(severity))

  it.each([
    [
      [
        ['firing', 'info'],
        ['firing', 'critical'],
      ],
      'critical',
    ],
    [
      [
        ['firing', 'info'],
        ['resolved', 'critical'],
      ],
      'info',
    ],
    [[['resolved', 'warning']], 'warning'],
    [
      [
        ['firing', 'whatever'],
        ['firing', 'info'],
      ],
      'error',
    ],
    [[], 'error'],
  ] as const)('of %j: %s', (alerts, severity) => {
    const all = alerts.map(([status, word]) => alertOf({ status, labels: LabelSet.of({ severity: word }) }))
    expect(severityOf({ alerts: all })).toBe(severity)
  })

  it('stands in other labels too', () => {
    const labels = LabelSet.of({ severity: 'unheard', priority: 'P3' })
    expect(severityOf({ alerts: [alertOf({ labels })] })).toBe('warning')
  })
})

describe('a message', () => {
  it.each([
    [{}, '[FIRING:1] HighLatency (critical)'],
    [{ status: 'resolved', reason: 'all-resolved' }, '[RESOLVED] HighLatency (critical)'],
    [{ reason: 'test' }, '[TEST] [FIRING:1] HighLatency (critical)'],
    [{ groupLabels: LabelSet.EMPTY }, '[FIRING:1] (HighLatency critical)'],
    [{ groupLabels: LabelSet.EMPTY, commonLabels: LabelSet.EMPTY }, '[FIRING:1]'],
  ] as const)('with %j has the subject of Alertmanager', (own, subject) => {
    expect(subjectOf(notificationOf(own))).toBe(subject)
  })

  it('has the subject that the template __subject gives, but for spaces', () => {
    const templates = new GoTemplates()
    fc.assert(
      fc.property(anyNotification, (any) => {
        const commonLabels = LabelSet.of(new Map([...any.commonLabels, ...any.groupLabels]))
        const notification = { ...any, reason: 'first' as const, alerts: any.alerts.slice(0, 5), commonLabels }
        const expanded = templates.expand('{{ template "__subject" . }}', notification)
        const squeezed = (words: string): string => words.replaceAll(/\s+/g, '')
        expect(expanded.ok && squeezed(expanded.text)).toBe(squeezed(subjectOf(notification)))
      }),
      { numRuns: 50 },
    )
  })

  it('says all of an alert', () => {
    expect(plainText(messageOf(notificationOf()))).toBe(
      `
Labels: alertname=HighLatency, severity=critical

FIRING: Latency of a:9090 is high
  since 2026-03-01 10:18 UTC, for 12m
  value: 2.41 s
  labels: instance=a:9090
  p99 is above 2 s
  Runbook: https://runbooks.example/latency
  Source: http://prometheus.example/graph?g0.expr=up

RESOLVED: Latency of b:9090 is high
  took 11m, until 2026-03-01 10:29 UTC
  labels: instance=b:9090
  Source: http://prometheus.example/graph?g0.expr=up

Acknowledge: http://boxman.example:9464/ack?token=abc
Console: http://boxman.example:9464/#/alerts?receiver=team
Silence: http://boxman.example:9464/#/silences/new?filter=%7Balertname%3D%22HighLatency%22%7D
`.trim(),
    )
  })

  it.each([
    ['escalation', 'Escalated, step 3: nobody has acknowledged it. On call: ann, bob.'],
    ['repeat', 'It still goes on: said again. On call: ann, bob.'],
    ['test', 'This is a test of the channel: nothing is wrong.'],
    ['first', 'On call: ann, bob.'],
  ] as const)('of a %s says so', (reason, notice) => {
    const { notices } = messageOf(notificationOf({ reason, escalationLevel: 2, onCall: ['ann', 'bob'] }))
    expect(notices).toEqual([notice])
  })

  it('offers neither silence nor acknowledgement of what is over', () => {
    const { links } = messageOf(notificationOf({ status: 'resolved' }))
    expect(links.map((link) => link.text)).toEqual(['Console'])
  })

  it('says how many alerts it leaves out', () => {
    const alerts = Array.from({ length: 700 }, () => alertOf())
    expect(plainText(messageOf(notificationOf({ alerts })), { count: 2 })).toContain(
      '… and 698 more alerts, left out here',
    )
  })

  it.each([
    [0, '0s'],
    [59_400, '59s'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
    [725_000, '12m 5s'],
    [-5, '0s'],
    [Number.NaN, '0s'],
  ])('%d ms are %s', (ms, shown) => expect(lengthText(ms)).toBe(shown))
})

describe('what is too long', () => {
  const any = fc.string({ unit: 'binary', maxLength: 300 })

  it('is cut to its limit, at no half of a character, and says how much is gone', () => {
    fc.assert(
      fc.property(any, fc.integer({ min: 0, max: 200 }), (whole, max) => {
        const cut = clip(whole, max)
        expect(cut.length).toBeLessThanOrEqual(max)
        expect(cut.isWellFormed()).toBe(true)
        expect(Buffer.byteLength(clipBytes(whole, max))).toBeLessThanOrEqual(
          Math.max(max, Buffer.byteLength(whole) <= max ? max : 0),
        )
        const [mark = '', left = '0'] = /… \((\d+) characters left out\)$/.exec(cut) ?? []
        const size = Number(left) + cut.length - mark.length
        const isShort = mark === '' && (cut === whole.toWellFormed() || cut.endsWith('…') || max === 0)
        expect(isShort || size === whole.toWellFormed().length).toBe(true)
      }),
    )
  })

  it('is the largest that fits', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(200), (most, room) => {
        const made = largestFitting(
          most,
          (count) => count,
          (count) => count <= room,
        )
        expect(made).toBe(Math.min(most, room))
      }),
    )
  })
})

describe('templates in TypeScript', () => {
  const wording = (template: () => unknown): Wording => {
    const typed = { slack: template as () => string }
    return new Wording('slack', notificationOf(), new MessageTemplates({ typed }))
  }

  it('go before those of the configuration', () => {
    const words = wording(() => ({ title: 'own' }))
    expect(words.text('title', '{{ .Status }}')).toBe('own')
    expect(words.text('text', '{{ .Status }}')).toBe('firing')
    expect(words.text('text', undefined)).toBeUndefined()
    expect(words.footer).toBe('')
  })

  it.each([
    [
      (): never => {
        throw new Error('no such region')
      },
      /no such region/,
    ],
    [() => ({ title: 5 }), /title is a number, not a text/],
    [() => ({ details: { a: {} } }), /the detail a is a object/],
    [() => null, /null/],
    [() => undefined, /undefined/],
  ])('%s leaves the default and says why', (template, why) => {
    const words = wording(template)
    expect(words.text('title', '{{ .Nope }}')).toBeUndefined()
    expect(words.footer).toMatch(why)
    expect(words.footer).toMatch(/title: .*can't evaluate field Nope/)
  })
})

describe('templates of a configuration', () => {
  const expand = (source: string): unknown => {
    const expanded = new GoTemplates().expand(source, notificationOf())
    return expanded.ok ? expanded.text : expanded.fault
  }

  it.each([
    ['{{ trimSpace " a b " }}|', 'a b|'],
    ['{{ (index .Alerts 0).StartsAt | date "15:04 MST" }}', '10:18 UTC'],
    ['{{ (index .Alerts 0).StartsAt | tz "Europe/Paris" | date "15:04 MST -07:00" }}', '11:18 CET +01:00'],
    ['{{ (index .Alerts 0).StartsAt | tz "America/New_York" }}', '2026-03-01 05:18:00 -0500 EST'],
    ['{{ (index .Alerts 0).StartsAt | tz "Asia/Kathmandu" | date "Z07:00 MST" }}', '+05:45 +0545'],
    ['{{ (index .Alerts 0).StartsAt | tz "Mars/Olympus" }}', /unknown time zone Mars\/Olympus/],
    [
      '{{ since (index .Alerts 0).StartsAt }} {{ since (index .Alerts 0).StartsAt | humanizeDuration }}',
      '12m0s 12m 0s',
    ],
    ['{{ urlUnescape "a%20b+c" }}', 'a b c'],
    ['{{ urlUnescape "%zz" }}', /invalid URL escape "%zz"/],
    ['{{ toJson .GroupLabels }}', '{"alertname":"HighLatency"}'],
    ['{{ join "," 5 }}', /can't handle 5 for arg of type \[\]string/],
    ['{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}', /maximum template depth/],
    [
      '{{ range .Alerts }}{{ range $.Alerts }}{{ .Nope }}{{ end }}{{ end }}',
      /can't evaluate field Nope in type template.Alert/,
    ],
    ['{{', /unclosed action/],
  ])('%s', (source, want) => {
    const given = String(expand(source))
    expect(given).toBe(typeof want === 'string' ? want : want.exec(given)?.input)
  })

  it('has every default, and none has a fault', () => {
    const templates = new GoTemplates()
    for (const name of [
      'slack.default.title',
      'pagerduty.default.instances',
      'email.default.html',
      'telegram.default.message',
      'discord.default.message',
      'msteamsv2.default.text',
      'sns.default.message',
      'opsgenie.default.description',
    ]) {
      expect(templates.has(name)).toBe(true)
      const data = name === 'pagerduty.default.instances' ? '.Alerts.Firing' : '.'
      const expanded = templates.expand(`{{ template "${name}" ${data} }}`, notificationOf(), {
        html: name.includes('html'),
      })
      expect(expanded).toMatchObject({ ok: true, text: expect.stringMatching(/HighLatency|Latency of a:9090/) })
    }
  })

  it('a file that cannot be read is told by its name', () => {
    expect(() => new GoTemplates([{ name: 'own.tmpl', source: '{{ if }}' }])).toThrow(
      /template: own.tmpl:1: missing value for if/,
    )
  })
})

describe('a page', () => {
  const attack = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          '<',
          '>',
          '"',
          "'",
          '&',
          '/',
          '=',
          ' ',
          '\n',
          '`',
          'script',
          'onload',
          '-->',
          'javascript:',
          '\\',
          '+',
          ';',
          '{',
          '}',
        ),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  )

  it.each([
    ['<p>', '</p>', /^<p>[^<>]*<\/p>$/],
    ['<p title="', '">', /^<p title="[^"<>]*">$/],
    ["<p title='", "'>", /^<p title='[^'<>]*'>$/],
    ['<p class=', '>', /^<p class=[^\s"'`=<>]+>$/],
    ['<a href="', '">', /^<a href="(?!\s*javascript:)[^"<>\s]*">$/i],
    ['<a href="/x?q=', '">', /^<a href="\/x\?q=[\w.~%-]*">$/],
    ['<script>a = ', '</script>', /^<script>a = "(?:[^"\\<>\n]|\\.)*"<\/script>$/],
    ['<script>a = "', '"</script>', /^<script>a = "(?:[^"\\<>\n]|\\.)*"<\/script>$/],
    ['<p onclick="f(', ')">', /^<p onclick="f\([^"<>\n]*\)">$/],
    ['<p style="color: ', '">', /^<p style="color: [\w\s#%.,-]*">$/],
    ['<p ', '>', /^<p [\w-]+>$/],
    ['<title>', '</title>', /^<title>[^<>]*<\/title>$/],
    ['<!-- ', ' -->', /^$/],
  ])('%s keeps what stands in it', (before, after, form) => {
    fc.assert(
      fc.property(attack, (value) => {
        const output = new HtmlOutput()
        output.literal(before)
        output.value(text(value.toWellFormed()))
        output.literal(after)
        expect(output.toString()).toMatch(form)
      }),
      { numRuns: 200 },
    )
  })
})
