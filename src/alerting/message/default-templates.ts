import type { TemplateFile } from './go-templates.ts'

const SUBJECT =
  '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}{{ end }}]' +
  ' {{ .GroupLabels.SortedPairs.Values | join " " }}' +
  ' {{ if gt (len .CommonLabels) (len .GroupLabels) }}({{ with .CommonLabels.Remove .GroupLabels.Names }}' +
  '{{ .Values | join " " }}{{ end }}){{ end }}'

/** A line of what an alert is, then what is known of it. */
const ALERT_LIST = `{{ range . }}
- {{ or .Annotations.summary .Annotations.message .Labels.alertname "alert" }}
{{- if .Annotations.description }}
  {{ .Annotations.description }}
{{- end }}
  since {{ .StartsAt.Format "2006-01-02 15:04 MST" }}{{ if eq .Status "resolved" }}, until {{ .EndsAt.Format "2006-01-02 15:04 MST" }}{{ end }}
  labels:{{ range .Labels.SortedPairs }} {{ .Name }}={{ .Value }}{{ end }}
{{- if .Annotations.runbook_url }}
  runbook: {{ .Annotations.runbook_url }}
{{- end }}
{{- if .GeneratorURL }}
  source: {{ .GeneratorURL }}
{{- end }}
{{- end }}
`

const BOTH_LISTS = (list: string): string =>
  `{{ if .Alerts.Firing }}Firing:{{ template "${list}" .Alerts.Firing }}{{ end }}` +
  `{{ if .Alerts.Resolved }}Resolved:{{ template "${list}" .Alerts.Resolved }}{{ end }}`

/** Telegram's HTML: its few elements, and no others. */
const TELEGRAM_LIST = `{{ range . }}
<b>{{ or .Annotations.summary .Annotations.message .Labels.alertname "alert" | html }}</b>
{{- if .Annotations.description }}
{{ .Annotations.description | html }}
{{- end }}
since {{ .StartsAt.Format "2006-01-02 15:04 MST" }}{{ if eq .Status "resolved" }}, until {{ .EndsAt.Format "2006-01-02 15:04 MST" }}{{ end }}
{{- range .Labels.SortedPairs }}
{{ .Name | html }}: {{ .Value | html }}
{{- end }}
{{- if .GeneratorURL }}
<a href="{{ .GeneratorURL | html }}">Source</a>
{{- end }}
{{ end }}`

const TELEGRAM =
  '{{ if .Alerts.Firing }}<b>Firing</b>{{ template "__boxman_telegram_list" .Alerts.Firing }}{{ end }}' +
  '{{ if .Alerts.Resolved }}<b>Resolved</b>{{ template "__boxman_telegram_list" .Alerts.Resolved }}{{ end }}'

const EMAIL_ALERT = `<td style="padding: 12px 16px; border-top: 1px solid #dddddd">
<strong>{{ or .Annotations.summary .Annotations.message .Labels.alertname "alert" }}</strong><br>
{{ if .Annotations.description }}<span style="white-space: pre-line">{{ .Annotations.description }}</span><br>{{ end }}
<span style="color: #666666">since {{ .StartsAt.Format "2006-01-02 15:04 MST" }}{{ if eq .Status "resolved" }}, until {{ .EndsAt.Format "2006-01-02 15:04 MST" }}{{ end }}</span><br>
{{ range .Labels.SortedPairs }}<code>{{ .Name }}={{ .Value }}</code> {{ end }}<br>
{{ if .Annotations.runbook_url }}<a href="{{ .Annotations.runbook_url }}">Runbook</a> {{ end }}
{{ if .GeneratorURL }}<a href="{{ .GeneratorURL }}">Source</a>{{ end }}
</td>`

const EMAIL = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{{ template "__subject" . }}</title>
</head>
<body style="margin: 0; padding: 16px; font-family: Helvetica, Arial, sans-serif; font-size: 15px; color: #222222; background: #f4f4f4">
<table role="presentation" cellpadding="0" cellspacing="0" style="width: 100%; max-width: 640px; margin: 0 auto; border-collapse: collapse; background: #ffffff">
<tr><td style="padding: 16px; font-size: 18px; color: #ffffff; background: {{ if eq .Status "firing" }}#b3261e{{ else }}#1e7d34{{ end }}">{{ template "__subject" . }}</td></tr>
{{ if .Alerts.Firing }}<tr><td style="padding: 12px 16px 4px; font-weight: bold">{{ len .Alerts.Firing }} firing</td></tr>
{{ range .Alerts.Firing }}<tr>{{ template "__boxman_email_alert" . }}</tr>
{{ end }}{{ end }}{{ if .Alerts.Resolved }}<tr><td style="padding: 12px 16px 4px; font-weight: bold">{{ len .Alerts.Resolved }} resolved</td></tr>
{{ range .Alerts.Resolved }}<tr>{{ template "__boxman_email_alert" . }}</tr>
{{ end }}{{ end }}<tr><td style="padding: 16px; border-top: 1px solid #dddddd"><a href="{{ template "__alertmanagerURL" . }}">Console</a></td></tr>
</table>
</body>
</html>
`

const ANNOTATIONS_AND_ALERTS = `{{ .CommonAnnotations.SortedPairs.Values | join " " }}
${BOTH_LISTS('__text_alert_list')}`

/** By Alertmanager's names; ours are what begins with `__boxman`. */
const DEFINITIONS: readonly (readonly [name: string, source: string])[] = [
  ['__alertmanager', 'Boxman'],
  ['__alertmanagerURL', '{{ .ExternalURL }}/#/alerts?receiver={{ .Receiver | urlquery }}'],
  ['__subject', SUBJECT],
  ['__description', ''],
  ['__text_alert_list', ALERT_LIST],
  ['__text_alert_list_markdown', ALERT_LIST],
  ['__boxman_telegram_list', TELEGRAM_LIST],
  ['__boxman_email_alert', EMAIL_ALERT],
  ['email.default.html', EMAIL],
  ['telegram.default.message', TELEGRAM],
  ...[
    'slack.default.title',
    'pagerduty.default.description',
    'email.default.subject',
    'opsgenie.default.message',
    'wechat.default.message',
    'victorops.default.entity_display_name',
    'pushover.default.title',
    'sns.default.subject',
    'discord.default.title',
    'msteams.default.summary',
    'msteams.default.title',
    'msteamsv2.default.title',
    'jira.default.summary',
    'rocketchat.default.title',
    'incidentio.default.title',
  ].map((name) => [name, '{{ template "__subject" . }}'] as const),
  ...['slack.default.username', 'pagerduty.default.client', 'victorops.default.monitoring_tool'].map(
    (name) => [name, '{{ template "__alertmanager" . }}'] as const,
  ),
  ...[
    'slack.default.titlelink',
    'pagerduty.default.clientURL',
    'opsgenie.default.source',
    'pushover.default.url',
    'rocketchat.default.titlelink',
  ].map((name) => [name, '{{ template "__alertmanagerURL" . }}'] as const),
  ['slack.default.fallback', '{{ template "slack.default.title" . }} | {{ template "slack.default.titlelink" . }}'],
  ...[
    'slack.default.callbackid',
    'slack.default.pretext',
    'slack.default.iconemoji',
    'slack.default.iconurl',
    'slack.default.text',
    'slack.default.footer',
    'discord.default.content',
    'wechat.default.to_user',
    'wechat.default.to_party',
    'wechat.default.to_tag',
    'wechat.default.agent_id',
    'rocketchat.default.alias',
    'rocketchat.default.emoji',
    'rocketchat.default.iconurl',
    'rocketchat.default.text',
  ].map((name) => [name, ''] as const),
  ['pagerduty.default.instances', '{{ template "__text_alert_list" . }}'],
  ['discord.default.message', BOTH_LISTS('__text_alert_list')],
  ['msteams.default.text', BOTH_LISTS('__text_alert_list_markdown')],
  ['msteamsv2.default.text', BOTH_LISTS('__text_alert_list_markdown')],
  ...[
    'opsgenie.default.description',
    'victorops.default.state_message',
    'pushover.default.message',
    'sns.default.message',
    'webex.default.message',
    'jira.default.description',
    'incidentio.default.description',
  ].map((name) => [name, ANNOTATIONS_AND_ALERTS] as const),
  ['jira.default.priority', '{{ with .CommonLabels.severity }}{{ . | title }}{{ end }}'],
]

/** The definitions that Alertmanager's configurations count on. */
export const DEFAULT_TEMPLATE_FILE: TemplateFile = {
  name: 'default.tmpl',
  source: DEFINITIONS.map(([name, source]) => `{{ define ${JSON.stringify(name)} }}${source}{{ end }}`).join('\n'),
}
