import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))

const CONFIG = `route:
  receiver: ops
  group_by: [alertname]
  routes:
  - {matchers: ['severity="page"'], receiver: on-call, continue: true}
  - {matchers: ['team=~"db|web"'], receiver: mail}
receivers:
- name: ops
  slack_configs: [{api_url: 'https://hooks.slack.com/services/T000/B000/the-secret-of-ours', channel: '#ops', send_resolved: false}]
- name: on-call
  pagerduty_configs: [{routing_key: the-key-of-the-service-0123456}]
  webhook_configs: [{url: 'http://127.0.0.1:1/hook'}]
- name: mail
templates: ['*.tmpl']
`

/** With the file `a.yml` of that configuration, and others. */
function boxman(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly out: string; readonly err: string } {
  const cwd = mkdtempSync(path.join(tmpdir(), 'boxman-cli-alert-'))
  for (const [name, text] of Object.entries({ 'a.yml': CONFIG, ...files })) writeFileSync(path.join(cwd, name), text)
  const env = { PATH: process.env['PATH'], NO_COLOR: '1' }
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, env, encoding: 'utf8' })
  return { status, out: stdout, err: stderr }
}

describe('boxman check alertmanager', () => {
  it('counts what there is, and warns of what surprises', () => {
    const { status, out, err } = boxman(['check', 'alertmanager', 'a.yml'])
    expect([status, out]).toEqual([
      0,
      'Checking a.yml\n  SUCCESS: 3 receivers, 3 channels, 0 inhibit rules, 0 time intervals, 1 pattern of templates\n\n',
    ])
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^ {2}WARNING: a\.yml:\d+:\d+: .*receiver "mail" has no integrations/),
      expect.stringMatching(/^ {2}WARNING: templates: no file matches .*\*\.tmpl$/),
    ])
  })

  it.each([
    ['a place in the file', CONFIG.replace('channel:', 'chanel:'), {}, /^a\.yml:9:\d+: .*unknown key chanel/m],
    ['each of them', CONFIG.replace('group_by', 'group').replace('name: mail', 'nam: mail'), {}, /group[^]*nam\b/],
    [
      'what the channel says',
      CONFIG.replace(`{url: 'http://127.0.0.1:1/hook'}`, `{url: 'http://a/hook', boxman: {secret: short}}`),
      {},
      /^receiver "on-call": on-call\/webhook\[0\]: secret must be whsec_/m,
    ],
    ['templates of files', CONFIG, { 'x.tmpl': '{{ define "x" }}{{ nope }}{{ end }}' }, /x\.tmpl: .*function "nope"/],
    [
      'templates of options',
      CONFIG.replace(`channel: '#ops'`, `channel: '#ops', title: '{{ template "x" . }}'`),
      {},
      /^receiver "ops": ops\/slack\[0\]: a template has a fault: .*"x"/m,
    ],
  ])('names %s', (_, text, files, fault) => {
    const { status, out, err } = boxman(['check', 'alertmanager', 'a.yml'], { 'a.yml': text, ...files })
    expect([status, out, err]).toEqual([1, 'Checking a.yml\n', expect.stringMatching(fault)])
    expect(err).not.toContain('secret-of-ours')
  })

  it('takes what its files of templates define, and secrets that are elsewhere', () => {
    const text = CONFIG.replace(
      /api_url: '[^']*', channel: '#ops'/,
      `api_url_file: none, channel: '#ops', title: '{{ template "x" . }}'`,
    )
    const { status, err } = boxman(['check', 'alertmanager', 'a.yml'], {
      'a.yml': text,
      'x.tmpl': '{{ define "x" }}{{ .Status }}{{ end }}',
    })
    expect([status, err]).toEqual([0, expect.stringMatching(/WARNING: receiver "ops": ops\/slack\[0\]: .*none/)])
  })

  it('goes on after a file that is not there', () => {
    const { status, out, err } = boxman(['check', 'alertmanager', 'no.yml', 'a.yml'])
    expect([status, out, err]).toEqual([
      1,
      expect.stringContaining('Checking a.yml\n  SUCCESS'),
      expect.stringContaining('no.yml: there is no such file'),
    ])
  })
})

describe('boxman alert route', () => {
  it('says of each route why', () => {
    const { status, out, err } = boxman(['alert', 'route', 'a.yml', 'severity=page', 'team=net', 'alertname=X'])
    expect([status, err]).toEqual([0, ''])
    expect(out.split('\n')).toEqual([
      ' + {} receiver ops: a route below it matches',
      '->   {severity="page"} receiver on-call, continues: all its matchers match',
      ' -   {team=~"db|web"} receiver mail: team=~"db|web", and team is "net"',
      'on-call: group {}/{severity="page"}:{alertname="X"}; first after 30s, news every 5m, again every 4h',
      '',
    ])
  })

  it('as JSON', () => {
    const { out } = boxman(['alert', 'route', 'a.yml', 'severity=page', 'team="web"', '--json'])
    expect(JSON.parse(out)).toMatchObject({
      receivers: ['on-call', 'mail'],
      taken: [{ place: [0], groupKey: '{}/{severity="page"}:{}', groupWaitMs: 30_000 }, { place: [1] }],
      routes: [{ verdict: 'passed-through' }, { verdict: 'taken' }, { verdict: 'taken', matchers: '{team=~"db|web"}' }],
    })
  })

  it.each([
    [['a.yml', 'severity'], '"severity": expected a label, such as severity=page\n'],
    [['a.yml', 'a=1', 'a=2'], 'a=2: the label a is there twice\n'],
    [['no.yml', 'a=1'], 'no.yml: there is no such file\n'],
    [
      ['bad.yml'],
      'bad.yml:1:1: unknown key rout; did you mean route?\nbad.yml:1:1: no routes provided: give route with a receiver\n',
    ],
  ])('%j is refused', (args, fault) => {
    const { status, out, err } = boxman(['alert', 'route', ...args], { 'bad.yml': 'rout: {}\n' })
    expect([status, out, err]).toEqual([1, '', fault])
  })
})

describe('boxman alert preview', () => {
  it('shows what each channel would send, without secrets', () => {
    const args = ['--receiver', 'on-call', 'alertname=Down', 'severity=page']
    const { status, out, err } = boxman(['alert', 'preview', 'a.yml', ...args])
    expect([status, err]).toEqual([0, ''])
    const bodies = out.split(/^on-call\/\w+\[0\]: application\/json.*$/m).slice(1)
    const [webhook, pagerduty] = bodies
      .map((text): unknown => JSON.parse(text))
      .toSorted((a, b) =>
        JSON.stringify(a).includes('routing_key') ? 1 : JSON.stringify(b).includes('routing_key') ? -1 : 0,
      )
    expect(webhook).toMatchObject({
      receiver: 'on-call',
      status: 'firing',
      groupKey: '{}/{severity="page"}:{alertname="Down"}',
      groupLabels: { alertname: 'Down' },
      alerts: [{ labels: { alertname: 'Down', severity: 'page' } }],
    })
    expect(pagerduty).toMatchObject({ routing_key: '***', event_action: 'trigger' })
    expect(out).not.toContain('the-key')
  })

  it('of alerts of a file, and of their end', () => {
    const alerts = JSON.stringify([
      { labels: { alertname: 'A', lane: '1' }, startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T00:05:00Z' },
      { labels: { alertname: 'A', lane: '2' }, annotations: { summary: 'Bad' }, endsAt: '0001-01-01T00:00:00Z' },
    ])
    const args = ['alert', 'preview', 'a.yml', '--receiver', 'on-call', '--alerts', 'x.json']
    const { out } = boxman(args, { 'x.json': alerts })
    expect(out).toContain('"status": "firing"')
    expect(out).toContain('"endsAt": "2026-01-01T00:05:00.000Z"')
    const over = boxman([...args, '--status', 'resolved'], { 'x.json': alerts })
    expect(over.out).toContain('"event_action": "resolve"')
    expect(over.out).not.toContain('"status": "firing"')
  })

  it.each([
    [['--receiver', 'nobody'], 'there is no receiver "nobody"; there are ops, on-call, mail'],
    [['--receiver', 'ops', '--status', 'over'], '--status: expected firing or resolved, given "over"'],
    [['--receiver', 'ops', '--alerts', 'x.json', 'a=b'], 'leave out those given'],
    [['--receiver', 'ops', '--alerts', 'x.json'], 'x.json: [0].labels.a: expected a text, given 1'],
    [['--receiver', 'ops', '--alerts', 'no.json'], 'no.json: there is no such file'],
    [['--receiver', 'ops', '--alerts', 'a.yml'], 'a.yml: Unexpected token'],
    [[], 'Missing required argument: --receiver'],
  ])('%j is refused', (args, fault) => {
    const run = boxman(['alert', 'preview', 'a.yml', ...args], { 'x.json': '[{"labels": {"a": 1}}]' })
    expect([run.status, run.err]).toEqual([1, expect.stringContaining(fault)])
  })

  it('of a channel that tells no end, and of a receiver without any', () => {
    const ended = boxman(['alert', 'preview', 'a.yml', '--receiver', 'ops', '--status', 'resolved'])
    expect(ended).toMatchObject({ status: 0, out: 'ops/slack[0]: sends nothing, as send_resolved is false\n\n' })
    const nobody = boxman(['alert', 'preview', 'a.yml', '--receiver', 'mail'])
    expect(nobody).toMatchObject({ status: 0, out: 'mail tells nobody: it has no channels\n' })
  })
})
