import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { needPeer } from '../../../../test/support/peer.ts'
import { ConfigError } from '../../error.ts'
import { loadPrometheusConfig, type PrometheusConfig } from './prometheus-config.ts'

async function written(text: string, name = 'prometheus.yml'): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'boxman-config-'))
  const file = path.join(folder, name)
  await writeFile(file, text)
  return file
}

async function load(text: string, env: Record<string, string> = {}): Promise<PrometheusConfig> {
  return loadPrometheusConfig(await written(text), env)
}

async function problems(text: string): Promise<readonly string[]> {
  try {
    await load(text)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map((problem) => problem.replace(/^.*prometheus\.yml/, 'prometheus.yml'))
  }
}

const job = (lines: string): string => `scrape_configs:\n  - job_name: a\n${lines.replaceAll(/^/gm, '    ')}\n`
const rule = (lines: string): string => job(`relabel_configs:\n  - ${lines.replaceAll('\n', '\n    ')}`)

/** Configurations, and whether a Prometheus takes them. */
const CASES: readonly (readonly [why: string, text: string, taken: boolean])[] = [
  ['nothing', '', true],
  ['nothing below alerting', 'alerting:\n', true],
  ['an empty alerting', 'alerting: {}\n', true],
  [
    'Alertmanagers',
    'alerting: {alertmanagers: [{static_configs: [{targets: [a:9093]}], path_prefix: /x, timeout: 2s}]}',
    true,
  ],
  ['alert_relabel_configs', 'alerting: {alert_relabel_configs: [{action: labeldrop, regex: x}]}', true],
  ['a null Alertmanager', 'alerting: {alertmanagers: [null]}', false],
  ['an Alertmanager with a path', 'alerting: {alertmanagers: [{static_configs: [{targets: [http://a]}]}]}', false],
  ['version 1 of its API', 'alerting: {alertmanagers: [{api_version: v1}]}', false],
  ['an unknown key of alerting', 'alerting: {alertmanager: []}', false],
  ['an unknown key of an Alertmanager', 'alerting: {alertmanagers: [{urls: []}]}', false],
  ['an empty global', 'global:\n', true],
  ['a global', 'global: {scrape_interval: 15s, scrape_timeout: 5s, evaluation_interval: 1m}', true],
  ['a time-out that is too long', 'global: {scrape_interval: 5s, scrape_timeout: 6s}', false],
  ['a short interval, whose time-out follows', 'global: {scrape_interval: 5s}', true],
  ['no unit', 'global: {scrape_interval: 15}', false],
  ['zero', 'global: {scrape_interval: 0}', true],
  ['units in a wrong order', 'global: {scrape_interval: 1s1m}', false],
  ['an unknown key', 'global: {scrape_intervall: 15s}', false],
  ['an unknown key at the top', 'globals: {}', false],
  ['external labels', 'global: {external_labels: {a: b, "c.d": "${HOME}"}}', true],
  ['a number as label', 'global: {external_labels: {a: 1, b: true}}', true],
  ['no list', 'scrape_configs: {job_name: a}', false],
  ['a repeated key', 'global: {}\nglobal: {}', false],
  ['bad YAML', 'global: [', false],
  ['no job name', 'scrape_configs: [{metrics_path: /}]', false],
  ['a null job', 'scrape_configs: [null]', false],
  ['a job', job('static_configs: [{targets: ["localhost:9090"], labels: {env: x}}]'), true],
  ['two jobs of one name', `${job('scheme: http')}  - job_name: a\n`, false],
  ['a URL as target', job('static_configs: [{targets: ["http://localhost:9090"]}]'), false],
  [
    'a URL as target, to be relabelled',
    job(
      'static_configs: [{targets: ["http://localhost:9090"]}]\nrelabel_configs: [{source_labels: [__address__], regex: "http://(.*)", target_label: __address__}]',
    ),
    true,
  ],
  ['a job with limits', job('sample_limit: 5\nlabel_limit: 0x10\nbody_size_limit: 10MB\ntarget_limit: 3'), true],
  ['a quoted limit', job('sample_limit: "5"'), false],
  ['a negative limit', job('sample_limit: -5'), false],
  ['a size without a unit', job('body_size_limit: 100'), false],
  ['a size of parts', job('body_size_limit: 1GB512MB'), true],
  ['flags as YAML 1.1 has them', job('honor_labels: yes\nhonor_timestamps: off'), true],
  ['a flag that is none', job('honor_labels: maybe'), false],
  ['protocols', job('scrape_protocols: [PrometheusProto, "OpenMetricsText1.0.0", "PrometheusText0.0.4"]'), true],
  ['no protocols', job('scrape_protocols: []'), false],
  ['an unknown protocol', job('scrape_protocols: [json]'), false],
  ['a repeated protocol', job('scrape_protocols: [PrometheusProto, PrometheusProto]'), false],
  ['a fallback', job('fallback_scrape_protocol: PrometheusText0.0.4'), true],
  ['an unknown fallback', job('fallback_scrape_protocol: text'), false],
  ['legacy names', job('metric_name_validation_scheme: legacy\nmetric_name_escaping_scheme: underscores'), true],
  [
    'legacy names that are asked for as they are',
    job('metric_name_validation_scheme: legacy\nmetric_name_escaping_scheme: allow-utf-8'),
    false,
  ],
  ['unknown names', job('metric_name_validation_scheme: latin'), false],
  ['the name of 2.x', job('scrape_classic_histograms: true'), false],
  ['the name of 3.x', job('always_scrape_classic_histograms: true'), true],
  ['basic auth', job('basic_auth: {username: a, password: b}'), true],
  ['two passwords', job('basic_auth: {username: a, password: b, password_file: c}'), false],
  ['two kinds of auth', job('basic_auth: {username: a}\nauthorization: {credentials: x}'), false],
  ['authorization', job('authorization: {type: Token, credentials: x}'), true],
  ['authorization of type Basic', job('authorization: {type: Basic, credentials: x}'), false],
  ['two tokens', job('bearer_token: a\nbearer_token_file: b'), false],
  ['a token beside authorization', job('bearer_token: a\nauthorization: {credentials: x}'), false],
  ['TLS', job('tls_config: {insecure_skip_verify: true, server_name: x, min_version: TLS12}'), true],
  ['a certificate without a key', job('tls_config: {cert: x}'), false],
  ['a TLS version that is none', job('tls_config: {min_version: TLS14}'), false],
  ['a certificate that is not there', job('tls_config: {cert_file: /nope/c.pem, key_file: /nope/k.pem}'), false],
  ['headers', job('http_headers: {X-Tenant: {values: [a], secrets: [b]}}'), true],
  ['a header that is taken', job('http_headers: {Authorization: {values: [a]}}'), false],
  ['params', job('params:\n  match[]: [up, "{job=~\\".+\\"}"]'), true],
  ['params without a list', job('params: {module: http}'), false],
  ['file discovery', job('file_sd_configs: [{files: ["t/*.json", x.yml], refresh_interval: 1m}]'), true],
  ['file discovery of nothing', job('file_sd_configs: [{files: []}]'), false],
  ['file discovery of a wrong kind', job('file_sd_configs: [{files: [a.txt]}]'), false],
  ['file discovery with two stars', job('file_sd_configs: [{files: ["*/*.json"]}]'), false],
  ['HTTP discovery', job('http_sd_configs: [{url: "http://x/sd", basic_auth: {username: a}}]'), true],
  ['HTTP discovery over FTP', job('http_sd_configs: [{url: "ftp://x/sd"}]'), false],
  ['HTTP discovery without a URL', job('http_sd_configs: [{refresh_interval: 1m}]'), false],
  ['an unknown discovery', job('foo_sd_configs: []'), false],
  ['a rule', rule('source_labels: [a, b]\ntarget_label: c\nregex: "(x)(?P<y>.*)"\nreplacement: "$y"'), true],
  ['a null rule', job('relabel_configs: [null]'), false],
  ['a rule without a target', rule('source_labels: [a]'), false],
  ['a rule with a bad pattern', rule('regex: "("\ntarget_label: x'), false],
  ['a rule with an unknown action', rule('action: replce\ntarget_label: x'), false],
  ['a rule with an action in capitals', rule('action: KEEP\nsource_labels: [a]'), true],
  ['hashmod without a modulus', rule('action: hashmod\ntarget_label: x'), false],
  ['hashmod', rule('action: hashmod\nmodulus: 4\ntarget_label: x\nsource_labels: [a]'), true],
  ['labelmap', rule('action: labelmap\nregex: __meta_(.+)'), true],
  ['labeldrop with a source', rule('action: labeldrop\nsource_labels: [a]\nregex: x'), false],
  ['keepequal with a pattern', rule('action: keepequal\nsource_labels: [a]\ntarget_label: b\nregex: x'), false],
  [
    'lowercase with a replacement',
    rule('action: lowercase\nsource_labels: [a]\ntarget_label: b\nreplacement: x'),
    false,
  ],
  ['uppercase', rule('action: uppercase\nsource_labels: [a]\ntarget_label: b'), true],
  ['a bad metric rule', job('metric_relabel_configs: [{action: keep, regex: "["}]'), false],
  ['remote write', 'remote_write: [{url: "http://x/w", headers: {X-Y: z}, queue_config: {capacity: 5}}]', true],
  ['remote write to nowhere', 'remote_write: [{name: x}]', false],
  ['two remote writes of one name', 'remote_write: [{name: x, url: "http://a"}, {name: x, url: "http://b"}]', false],
  ['remote write with a header of its own', 'remote_write: [{url: "http://a", headers: {Content-Type: x}}]', false],
  ['remote write in an unknown message', 'remote_write: [{url: "http://a", protobuf_message: v3}]', false],
  ['storage', 'storage: {tsdb: {out_of_order_time_window: 30m}, exemplars: {max_exemplars: 5}}', true],
  ['an unknown key of storage', 'storage: {tsdb: {out_of_order: 30m}}', false],
  ['a rule file with a star too many', 'rule_files: ["*/*.yml"]', false],
  ['anchors', `x: &s {targets: [a]}\n`, false],
  ['an alias', job('params: &p {a: [b]}').concat('  - job_name: b\n    params: *p\n'), true],
  ['a merged map', job('static_configs: [&s {targets: [a], labels: {x: y}}, {<<: *s, targets: [b]}]'), true],
]

describe('a prometheus.yml', () => {
  it.each(CASES)('%s', async (_why, text, taken) => {
    const found = await problems(text)
    expect(found.length === 0, found.join('\n')).toBe(taken)
  })

  it('is taken exactly when promtool takes it', { timeout: 120_000 }, async ({ skip }) => {
    const promtool = needPeer('promtool', skip)
    const check = async ([why, text]: (typeof CASES)[number]): Promise<readonly [string, boolean]> => {
      const file = await written(text)
      const run = promisify(execFile)(promtool, ['check', 'config', file])
      const fine = await run.then(() => true).catch(() => false)
      return [why, fine]
    }
    const verdicts: (readonly [string, boolean])[] = []
    for (const each of CASES) verdicts.push(await check(each))
    expect(verdicts).toEqual(CASES.map(([why, , taken]) => [why, taken]))
  })

  it('names file, line and the nearest known key, and all problems at once', async () => {
    const text = 'global:\n  scrape_intervall: 5s\n' + job('kubernetes_sd_configs: [{role: pod}]\nproxy_url: http://x')
    expect(await problems(text)).toEqual([
      'prometheus.yml:2: global.scrape_intervall: unknown key, did you mean scrape_interval?',
      expect.stringMatching(/^prometheus.yml:5: scrape_configs\[0\]\.kubernetes_sd_configs: is not supported: /),
      expect.stringMatching(/^prometheus.yml:6: scrape_configs\[0\]\.proxy_url: is not supported: /),
    ])
  })

  it('warns of what has no effect here', async () => {
    const { warnings } = await load('tracing: {}\nruntime: {gogc: 50}\n' + job('enable_http2: false'))
    expect(warnings.map((warning) => warning.replace(/^.*:(\d+): ([^:]+).*$/, '$1 $2'))).toEqual([
      '5 scrape_configs[0].enable_http2',
      '1 tracing',
      '2 runtime',
    ])
  })

  it('reads what it says, and what it leaves out', async () => {
    const { jobs, ...config } = await load(
      [
        'global: {scrape_interval: 5s, sample_limit: 7, external_labels: {a: "$A-${B}-$$-$C"}}',
        'rule_files: [rules/*.yml, /etc/x.yml]',
        'storage: {tsdb: {out_of_order_time_window: 30m}, exemplars: {max_exemplars: 5}}',
        job('scrape_timeout: 2s\nlabel_limit: 3\nbasic_auth: {username: u, password_file: secret}'),
        '  - job_name: b',
        '    scrape_interval: 3s',
        '    sample_limit: 9',
        '    scrape_native_histograms: true',
      ].join('\n'),
      { A: 'x', B: 'y' },
    )
    expect(config.externalLabels.toObject()).toEqual({ a: 'x-y-$-' })
    expect(config.ruleFiles).toEqual([expect.stringMatching(/^\/.*\/rules\/\*\.yml$/), '/etc/x.yml'])
    expect(config).toMatchObject({ evaluationIntervalMs: 60_000, outOfOrderMs: 1_800_000, maxExemplars: 5 })
    expect(jobs).toMatchObject([
      {
        intervalMs: 5000,
        timeoutMs: 2000,
        limits: { samples: 7, labels: 3 },
        metricsPath: '/metrics',
        honorTimestamps: true,
        client: { auth: { kind: 'basic', password: { kind: 'file', path: expect.stringMatching(/^\/.*\/secret$/) } } },
        protocols: ['OpenMetricsText1.0.0', 'OpenMetricsText0.0.1', 'PrometheusText1.0.0', 'PrometheusText0.0.4'],
      },
      { intervalMs: 3000, timeoutMs: 3000, limits: { samples: 9, labels: 0 }, protocols: { 0: 'PrometheusProto' } },
    ])
  })

  it('reads whom alerts are forwarded to: each address once, and how it is asked', async () => {
    const { alerting } = await load(`
alerting:
  alert_relabel_configs: [{action: labeldrop, regex: replica}]
  alertmanagers:
  - static_configs: [{targets: [a:9093, b:9093], labels: {dc: north}}, {targets: [a:9093]}]
    scheme: https
    path_prefix: /am/
    timeout: 3s
    authorization: {credentials_file: token}
    relabel_configs: [{source_labels: [__address__], regex: b.*, action: drop}]
    alert_relabel_configs: [{action: labeldrop, regex: x}]
  - static_configs: [{targets: ['[::1]:9093']}]
`)
    expect(alerting.alertmanagers.map(({ url, timeoutMs }) => [url, timeoutMs])).toEqual([
      ['https://a:9093/am/api/v2/alerts', 3000],
      ['http://[::1]:9093/api/v2/alerts', 10_000],
    ])
    expect(alerting.alertmanagers[0]).toMatchObject({
      client: { auth: { kind: 'authorization', credentials: { path: expect.stringMatching(/\/token$/) } } },
      alertRelabel: [{ action: 'labeldrop' }],
    })
    expect(alerting.alertRelabel).toMatchObject([{ action: 'labeldrop' }])
    expect(await problems('alerting: {alertmanagers: [{kubernetes_sd_configs: [{role: pod}]}]}')).toEqual([
      expect.stringMatching(/alerting\.alertmanagers\[0\]\.kubernetes_sd_configs: is not supported: .*static_configs/),
    ])
  })

  it('is shown without its secrets, wherever they stand', async () => {
    const { shown } = await load(
      [
        '# the password is s3cret',
        'global: {scrape_interval: 5s}',
        job(
          [
            'basic_auth: {username: u, password: s3cret} # s3cret',
            'http_headers: {X-A: {secrets: [s3cret], values: [open]}}',
            'http_sd_configs: [{url: "http://u:s3cret@x/", authorization: {credentials: "s3cret"}}]',
          ].join('\n'),
        ),
        '  - job_name: b',
        '    bearer_token: &t s3cret',
        'remote_write: [{url: "http://x", headers: {X-Token: s3cret}, bearer_token: *t}]',
      ].join('\n'),
    )
    expect(shown).not.toContain('s3cret')
    expect(shown.match(/<secret>/g)).toHaveLength(6)
    expect(shown).toContain('username: u')
    expect(shown).toContain('open')
  })

  it('misses the authority that it names', async () => {
    const found = await problems(job('tls_config: {ca_file: /nope/ca.pem}'))
    expect(found).toEqual([expect.stringContaining('tls_config.ca_file: cannot be read: ENOENT')])
  })

  it('takes in the jobs of other files', async () => {
    const file = await written('scrape_configs: [{job_name: a}]\nscrape_config_files: ["more*.yml"]')
    await writeFile(path.join(path.dirname(file), 'more-1.yml'), 'scrape_configs: [{job_name: b}]')
    const { jobs } = await loadPrometheusConfig(file, {})
    expect(jobs.map(({ jobName }) => jobName)).toEqual(['a', 'b'])
  })

  it('says so when it is not there', async () => {
    await expect(loadPrometheusConfig('/nope/prometheus.yml', {})).rejects.toThrow(
      '/nope/prometheus.yml: cannot be read: ENOENT',
    )
  })
})
