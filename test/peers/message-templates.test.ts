import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { GoTemplates } from '../../src/alerting/message/index.ts'
import type { Notification } from '../../src/alerting/dispatch-types.ts'
import { LabelSet } from '../../src/series/index.ts'
import { needPeer } from '../support/peer.ts'

// Alertmanager's own amtool renders the same data by the same templates.

const at = Date.UTC(2026, 2, 1, 10, 30, 0)
const notification: Notification = {
  id: 'n1',
  at,
  reason: 'first',
  groupKey: '{}:{alertname="High"}',
  receiver: 'team a/b',
  status: 'firing',
  groupLabels: LabelSet.of({ alertname: 'High' }),
  commonLabels: LabelSet.of({ alertname: 'High', severity: 'critical', a: 'é<b>' }),
  commonAnnotations: LabelSet.of({ summary: `it's "high" & more + <i>` }),
  alerts: [
    {
      fingerprint: '00ff00ff00ff00ff',
      status: 'firing',
      labels: LabelSet.of({ alertname: 'High', severity: 'critical', a: 'é<b>', instance: 'one two' }),
      annotations: LabelSet.of({ summary: `it's "high" & more + <i>`, runbook_url: 'https://r/x?a=1&b=c d' }),
      startsAt: Date.UTC(2026, 0, 31, 23, 59, 7, 120),
      endsAt: undefined,
      generatorURL: 'http://p/graph?g0.expr=a%2Bb&x="y"',
    },
    {
      fingerprint: '11',
      status: 'resolved',
      labels: LabelSet.of({ alertname: 'High', severity: 'critical', a: 'é<b>' }),
      annotations: LabelSet.of({ summary: `it's "high" & more + <i>`, runbook_url: 'javascript:alert(1)' }),
      startsAt: Date.UTC(2026, 1, 1),
      endsAt: Date.UTC(2026, 1, 1, 0, 0, 1),
      generatorURL: '',
    },
  ],
  externalURL: 'http://am.example:9093/x',
}

const FILES = [
  {
    name: 'one.tmpl',
    source: '{{ define "own" }}[{{ .Status }}]{{ end }}{{ define "__subject" }}{{/* kept */}}{{ end }}',
  },
  {
    name: 'two.tmpl',
    source:
      '{{ define "list" }}{{ range .Alerts }}{{ .Labels.a }};{{ end }}{{ end }}{{ define "bad" }}\n {{ .Nope }}{{ end }}',
  },
]

const WITH_DEFAULTS = [
  '{{ template "__subject" . }}',
  '{{ template "slack.default.title" . }}|{{ template "__alertmanagerURL" . }}|{{ template "slack.default.text" . }}',
]
const DEFAULTS = '/usr/share/prometheus/alertmanager'

const TEXT = [
  ...(existsSync(DEFAULTS) ? WITH_DEFAULTS : []),
  '{{ template "own" . }}{{ template "list" . }}',
  '{{ . }}',
  '{{ .Alerts }} {{ .CommonLabels }} {{ .CommonLabels.SortedPairs }} {{ .GroupLabels.Names }}',
  '{{ printf "%T %T %T %T %T %v %s %q" . .Alerts .CommonLabels .CommonLabels.Names .CommonLabels.SortedPairs .CommonLabels.Values .Receiver .Status }}',
  '{{ .Alerts.Firing | len }}{{ len .Alerts.Resolved }}{{ len .CommonLabels }}{{ len .CommonLabels.SortedPairs }}',
  '{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }},{{ end }}',
  '{{ range $k, $v := .CommonLabels }}{{ $k }}:{{ $v }} {{ end }}',
  '{{ (.CommonLabels.Remove .GroupLabels.Names).SortedPairs.Values | join ", " }}',
  '{{ .CommonLabels.Remove (stringSlice "severity" "a") }}',
  '{{ .CommonLabels.nope }}|{{ .CommonLabels.nope | len }}|{{ index .CommonLabels "severity" }}',
  '{{ (index .Alerts 0).Labels.instance }} {{ (index .Alerts 1).EndsAt }} {{ (index .Alerts 0).EndsAt.IsZero }}',
  '{{ range .Alerts }}{{ .StartsAt.Format "Mon Jan _2 15:04:05.000 MST 2006 -07:00 Z07:00 PM" }} {{ .StartsAt.Unix }} {{ .StartsAt.Weekday }};{{ end }}',
  '{{ range .Alerts }}{{ .EndsAt.Sub .StartsAt }} {{ .EndsAt.After .StartsAt }} {{ .EndsAt.Before .StartsAt }};{{ end }}',
  '{{ range .Alerts }}{{ .Fingerprint }} {{ .GeneratorURL }}{{ end }}',
  '{{ "hello WORLD foo_bar o\'neil a.b ÉA" | title }} {{ "aé" | toUpper }} {{ "AÉ" | toLower }}',
  '{{ match "^H.*h$" .GroupLabels.alertname }} {{ reReplaceAll "(é)<(.)" "${2}$1" .CommonLabels.a }}',
  '{{ join "-" (stringSlice "a" "b") }} {{ stringSlice "a" "b" }} {{ safeHtml "<b>" }}',
  '{{ with .CommonAnnotations.summary }}{{ . | html }} {{ . | urlquery }} {{ . | js }}{{ end }}',
  '{{ if and (eq .Status "firing") (gt (len .Alerts) 1) }}many{{ else }}one{{ end }}',
  '{{ $n := 0 }}{{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Status }}{{ end }}',
  '{{- range .Alerts -}} {{ .Labels.alertname }} {{- end -}}',
  '{{ range .Alerts }}{{ if eq .Status "resolved" }}{{ continue }}{{ end }}{{ .Status }}{{ break }}{{ end }}',
  '{{ block "inner" .Status }}<{{ . }}>{{ end }}',
  '{{ slice .Status 1 3 }} {{ slice .Alerts 1 }} {{ len (slice .Alerts 0 1) }}',
  // Faults, in Go's words.
  '{{ .Foo }}',
  '{{ .Alerts.Foo }}',
  '{{ template "nope" . }}',
  '{{ template "bad" . }}',
  '{{ .CommonLabels.Remove }}',
  '{{ .Status.X }}',
  '{{ join "," .Status }}',
  '{{ nope }}',
  '{{ if }}',
  '{{ index .Alerts 7 }}',
  '{{ .CommonLabels.Remove "a" }}',
]

const HTML = [
  '<p title="{{ .CommonAnnotations.summary }}" data-x=\'{{ .CommonLabels.a }}\'>{{ .CommonAnnotations.summary }}</p>',
  '<a href="{{ (index .Alerts 0).GeneratorURL }}">{{ .Status }}</a>',
  '<a href="{{ (index .Alerts 1).Annotations.runbook_url }}">x</a><a href={{ (index .Alerts 0).Annotations.runbook_url }}>y</a>',
  '<a href="{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver }}">x</a><a href="/r/{{ .Receiver }}?q={{ .CommonAnnotations.summary }}">y</a>',
  ...(existsSync(DEFAULTS) ? ['<a href="{{ template "__alertmanagerURL" . }}">x</a>'] : []),
  '<!-- a {{ .Status }} -->b<br/>{{ safeHtml "<b>bold</b>" }}<i class={{ .CommonLabels.a }}>',
  '<script>var a = {{ .CommonAnnotations.summary }}, b = "{{ .Status }}", n = {{ len .Alerts }};</script>after {{ .CommonLabels.a }}',
  '<p onclick="f({{ .CommonAnnotations.summary }})" style="color: {{ .Status }}">x</p><style>p { color: {{ .Status }} }</style>',
  '<p style="width: {{ .CommonAnnotations.summary }}"></p>',
  '<title>{{ .CommonLabels.a }}</title><textarea>{{ .CommonLabels.a }}</textarea>',
  '{{ range .Alerts }}<tr><td>{{ .Labels.a }}</td></tr>{{ end }}1 < 2',
  '<input value = "{{ .CommonLabels.a }}" disabled><img src=\'{{ .ExternalURL }}\' alt="">',
  '{{ if true }}<b title="{{ else }}<b title="x{{ end }}{{ .CommonLabels.a }}">',
]

const go = (time: number | undefined): string =>
  time === undefined ? '0001-01-01T00:00:00Z' : new Date(time).toISOString()
const record = (labels: LabelSet): Record<string, string> => Object.fromEntries(labels)
const data = JSON.stringify({
  ...notification,
  groupLabels: record(notification.groupLabels),
  commonLabels: record(notification.commonLabels),
  commonAnnotations: record(notification.commonAnnotations),
  alerts: notification.alerts.map((alert) => ({
    ...alert,
    labels: record(alert.labels),
    annotations: record(alert.annotations),
    startsAt: go(alert.startsAt),
    endsAt: go(alert.endsAt),
  })),
})

describe('templates of messages, against amtool', () => {
  it.for([
    ['text', TEXT],
    ['html', HTML],
  ] as const)('%s', ([type, sources], { skip }) => {
    const amtool = needPeer('amtool', skip)
    const folder = mkdtempSync(path.join(tmpdir(), 'boxman-templates-'))
    for (const { name, source } of FILES) writeFileSync(path.join(folder, name), source)
    writeFileSync(path.join(folder, 'data.json'), data)
    const globs = [...(existsSync(DEFAULTS) ? [`${DEFAULTS}/*.tmpl`] : []), `${folder}/*.tmpl`]
    const render = (source: string): string => {
      try {
        return execFileSync(
          amtool,
          [
            'template',
            'render',
            ...globs.map((glob) => `--template.glob=${glob}`),
            `--template.data=${folder}/data.json`,
            `--template.type=${type}`,
            `--template.text=${source}`,
          ],
          { encoding: 'utf8', stdio: 'pipe' },
        )
      } catch (error) {
        const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : ''
        return `fault: ${said.replace(/^amtool: error: /, '').trim()}`
      }
    }
    const own = new GoTemplates(FILES.map(({ name, source }) => ({ name, source })))
    for (const source of sources) {
      const ours = own.expand(source, notification, { html: type === 'html' })
      expect
        .soft({ source, text: ours.ok ? ours.text : `fault: ${ours.fault}` })
        .toEqual({ source, text: render(source) })
    }
  })
})
