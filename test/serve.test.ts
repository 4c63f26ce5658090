import { rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type ApiTargets, askApi, askQuery, BoxmanServe, eventually, folderWith } from './support/boxman-serve.ts'
import { serve, type Served } from './support/serve.ts'

const closing: (() => void | Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function app(page: () => string): Promise<Served> {
  const served = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(page())
  })
  closing.push(served.close)
  return served
}

async function boxman(folder: string, ...args: readonly string[]): Promise<BoxmanServe> {
  const server = await BoxmanServe.start(args, folder)
  closing.push(() => server.process.stop())
  return server
}

async function valueOf(url: string, expression: string): Promise<number | undefined> {
  const [sample] = await askQuery(url, expression)
  return sample === undefined ? undefined : Number(sample.value[1])
}

const job = (host: string): string => `global: {scrape_interval: 200ms}
scrape_configs:
  - job_name: app
    static_configs: [{targets: ["${host}"]}]
`

describe('boxman serve', () => {
  it('scrapes an application, itself too, answers queries, and keeps what it has over a restart', async ({
    signal,
  }) => {
    let bets = 0
    const { url: target, close } = await app(() => `# TYPE bets_total counter\nbets_total{table="T1"} ${++bets}\n`)
    const folder = await folderWith({ 'prometheus.yml': job(target.host) })
    const args = ['--prometheus-config', 'prometheus.yml', '--data', 'data', '--retention', '7d']
    const first = await boxman(folder, ...args)
    await eventually(
      () => valueOf(first.url, 'bets_total{job="app",table="T1"}'),
      (bets) => (bets ?? 0) >= 3,
      signal,
    )
    expect(await valueOf(first.url, `up{instance="${target.host}"}`)).toBe(1)
    await eventually(
      () => valueOf(first.url, 'boxman_scrape_pages_total{job="boxman"}'),
      (pages) => (pages ?? 0) > 0,
      signal,
    )
    const counted = await valueOf(first.url, 'count_over_time(bets_total[1h])')
    expect(await first.process.stop()).toBe(0)
    close()
    const second = await boxman(folder, ...args)
    expect(await valueOf(second.url, 'count_over_time(bets_total[1h])')).toBeGreaterThanOrEqual(counted ?? NaN)
    await eventually(
      () => valueOf(second.url, 'up{job="app"}'),
      (up) => up === 0,
      signal,
    )
    const { activeTargets } = await askApi<ApiTargets>(second.url, 'targets?scrapePool=app')
    expect(activeTargets).toMatchObject([
      { health: 'down', lastError: expect.stringContaining('connection refused') as string },
    ])
  })

  it.for(['SIGHUP', 'POST /-/reload'])(
    '%s: takes a new configuration, and refuses a wrong one',
    async (how, { signal }) => {
      const { url: target } = await app(() => 'a 1\n')
      const folder = await folderWith({ 'prometheus.yml': job(target.host) })
      const server = await boxman(folder, '--prometheus-config', 'prometheus.yml', '--enable-lifecycle')
      const reload = async (): Promise<number | undefined> => {
        if (how === 'SIGHUP') {
          server.process.child.kill('SIGHUP')
          return undefined
        }
        return (await fetch(`${server.url}/-/reload`, { method: 'POST' })).status
      }
      const file = path.join(folder, 'prometheus.yml')
      await writeFile(file, 'scrape_configs: [{job_nam: x}]')
      expect([undefined, 500]).toContain(await reload())
      await server.process.printed(/configuration was refused/, 10_000)
      expect(server.process.output).toContain(
        'prometheus.yml:1: scrape_configs[0].job_nam: unknown key, did you mean job_name?',
      )
      const pools = async (): Promise<string> =>
        (await askApi<{ scrapePools: string[] }>(server.url, 'scrape_pools')).scrapePools.join()
      expect(await pools()).toBe('app,boxman')
      await eventually(
        () => valueOf(server.url, 'a{job="app"}'),
        (value) => value === 1,
        signal,
      )
      await writeFile(file, job(target.host).replace('job_name: app', 'job_name: other'))
      expect([undefined, 200]).toContain(await reload())
      await eventually(pools, (found) => found === 'boxman,other', signal)
      await eventually(
        () => valueOf(server.url, 'a{job="other"}'),
        (value) => value === 1,
        signal,
      )
      expect(await valueOf(server.url, 'a{job="app"}')).toBeUndefined()
    },
  )

  it('follows files and servers that list targets', async ({ signal }) => {
    const { url: target } = await app(() => 'a 1\n')
    let listed = JSON.stringify([{ targets: [target.host], labels: { from: 'http' } }])
    const list = await serve((request, response) => {
      const type =
        request.headers['x-prometheus-refresh-interval-seconds'] === '0.2' ? 'application/json' : 'text/plain'
      response.writeHead(200, { 'content-type': type }).end(listed)
    })
    closing.push(list.close)
    const folder = await folderWith({
      'prometheus.yml': `global: {scrape_interval: 200ms}
scrape_configs:
  - job_name: files
    file_sd_configs: [{files: ["t-*.json", more.yml]}]
  - job_name: list
    http_sd_configs: [{url: "${list.url.href}", refresh_interval: 200ms}]
`,
      't-1.json': JSON.stringify([{ targets: [target.host], labels: { from: 'json' } }]),
    })
    const server = await boxman(folder, '--prometheus-config', 'prometheus.yml')
    const from = async (): Promise<string> => {
      const { activeTargets } = await askApi<ApiTargets>(server.url, 'targets?state=active')
      return activeTargets
        .flatMap(({ labels }) => labels['from'] ?? [])
        .sort()
        .join()
    }
    await eventually(from, (found) => found === 'http,json', signal)
    await writeFile(path.join(folder, 'more.yml'), `- targets: ["${target.host}"]\n  labels: {from: yaml}\n`)
    await eventually(from, (found) => found === 'http,json,yaml', signal)
    // A file that cannot be read keeps what it had, and so does a server.
    await writeFile(path.join(folder, 'next'), '- targets: {')
    await rename(path.join(folder, 'next'), path.join(folder, 'more.yml'))
    listed = 'no list'
    await server.process.printed(/more\.yml:1: /, 10_000)
    await server.process.printed(/no list/, 10_000)
    expect(await from()).toBe('http,json,yaml')
    await rm(path.join(folder, 'more.yml'))
    listed = '[]'
    await eventually(from, (found) => found === 'json', signal)
    await eventually(
      () => valueOf(server.url, 'count(a) by (from)'),
      (value) => value === 1,
      signal,
    )
  })

  it('evaluates the rules of the configuration and of --rules', async ({ signal }) => {
    const { url: target } = await app(() => 'a 2\n')
    const rules = (record: string): string => `groups:
  - name: g
    rules:
      - {record: "${record}", expr: "a * 2", labels: {by: rule}}
      - {alert: Big, expr: "a > 1", labels: {severity: page}, annotations: {summary: "{{ $externalLabels.dc }} {{ $value }}"}}
`
    const folder = await folderWith({
      'prometheus.yml': `${job(target.host).replace('{', '{evaluation_interval: 1s, external_labels: {dc: x}, ')}rule_files: ["rules-*.yml", none.yml]\n`,
      'rules-1.yml': rules('a:double'),
      'more.yml': rules('a:more'),
    })
    const server = await boxman(
      folder,
      '--prometheus-config',
      'prometheus.yml',
      '--rules',
      'more.yml',
      '--enable-lifecycle',
    )
    expect(server.process.output).toContain('none.yml')
    await eventually(
      () => valueOf(server.url, 'a:double{by="rule"} + on() a:more'),
      (value) => value === 8,
      signal,
    )
    await eventually(
      () => valueOf(server.url, 'count(ALERTS{alertstate="firing"})'),
      (value) => value === 1,
      signal,
    )
    await server.process.printed(/"An alert fires"/, 10_000)
    const { alerts } = await askApi<{ alerts: readonly unknown[] }>(server.url, 'alerts')
    expect(alerts).toContainEqual(expect.objectContaining({ annotations: { summary: 'x 2' } }))
    await writeFile(path.join(folder, 'rules-1.yml'), rules('a:double').replace('a * 2', 'a *'))
    const refused = await fetch(`${server.url}/-/reload`, { method: 'POST' })
    expect([refused.status, await refused.text()]).toEqual([500, expect.stringContaining('rules-1.yml: 4:')])
    const { groups } = await askApi<{ groups: readonly { file: string }[] }>(server.url, 'rules')
    expect(groups.map(({ file }) => file)).toEqual(['more.yml', 'rules-1.yml'])
  })

  it('sends what it stores to another, relabelled and with the external labels', async ({ signal }) => {
    const { url: target } = await app(() => 'a{path="/x"} 2\nb 1\n')
    const token = 'a-token-of-length'
    const receiver = await boxman(await folderWith({}), '--remote-write-receiver')
    const folder = await folderWith({
      token,
      'prometheus.yml': `${job(target.host).replace('{', '{external_labels: {dc: x, job: none}, ')}remote_write:
  - url: ${receiver.url}/api/v1/write
    authorization: {credentials_file: token}
    queue_config: {batch_send_deadline: 200ms}
    write_relabel_configs:
      - {source_labels: [job], regex: boxman, action: drop}
      - {source_labels: [__name__], regex: b, action: drop}
      - {source_labels: [path], regex: "/(.*)", target_label: path}
`,
    })
    const server = await boxman(folder, '--prometheus-config', 'prometheus.yml', '--data', 'data')
    await eventually(
      () => valueOf(receiver.url, 'a{dc="x",job="app",path="x"}'),
      (value) => value === 2,
      signal,
    )
    await eventually(
      () => valueOf(receiver.url, 'up{job="app"}'),
      (value) => value === 1,
      signal,
    )
    expect(await valueOf(receiver.url, 'count({__name__!="",job="app",dc!="x"} or b)')).toBeUndefined()
    await eventually(
      () => valueOf(server.url, 'boxman_remote_write_sent_samples'),
      (sent) => (sent ?? 0) > 0,
      signal,
    )
  })

  it('takes remote write only when it is told to', async () => {
    const closed = await boxman(await folderWith({}))
    const open = await boxman(await folderWith({}), '--remote-write-receiver')
    const write = async ({ url }: BoxmanServe): Promise<number> =>
      (await fetch(`${url}/api/v1/write`, { method: 'POST', body: 'no snappy' })).status
    expect(await write(closed)).toBe(404)
    expect(await write(open)).not.toBe(404)
    expect((await fetch(`${closed.url}/-/reload`, { method: 'POST' })).status).toBe(403)
    expect((await fetch(`${closed.url}/-/healthy`)).status).toBe(200)
  })

  it('ends when it is told to over HTTP, and says what it takes', async () => {
    const server = await boxman(await folderWith({}), '--enable-lifecycle')
    expect((await fetch(`${server.url}/-/quit`)).status).toBe(405)
    expect((await fetch(`${server.url}/-/quit`, { method: 'POST' })).status).toBe(200)
    expect(await server.process.exited).toBe(0)
    const help = BoxmanServe.run(['--help'])
    expect(await help.exited).toBe(0)
    expect(help.output).toContain('--prometheus-config')
  })

  it('goes on with the series of a target whose job changes', async ({ signal }) => {
    const { url: target } = await app(() => 'a 1\n')
    const folder = await folderWith({ 'prometheus.yml': job(target.host) })
    const server = await boxman(folder, '--prometheus-config', 'prometheus.yml', '--enable-lifecycle')
    await eventually(
      () => valueOf(server.url, 'a'),
      (value) => value === 1,
      signal,
    )
    await writeFile(path.join(folder, 'prometheus.yml'), `${job(target.host)}    sample_limit: 7\n`)
    expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(200)
    const counted = await valueOf(server.url, 'count_over_time(a[1m])')
    expect(await valueOf(server.url, 'a')).toBe(1)
    await eventually(
      () => valueOf(server.url, 'count_over_time(a[1m])'),
      (found) => (found ?? 0) > (counted ?? 0),
      signal,
    )
  })

  it('shows its configuration without secrets', async () => {
    const folder = await folderWith({ 'prometheus.yml': `${job('127.0.0.1:9')}    bearer_token: s3cret\n` })
    const server = await boxman(folder, '--prometheus-config', 'prometheus.yml')
    const { yaml } = await askApi<{ yaml: string }>(server.url, 'status/config')
    expect(yaml).toContain('job_name: app')
    expect(yaml).toContain('bearer_token: <secret>')
    expect(yaml + server.process.output).not.toContain('s3cret')
  })

  it.each([
    [['--listn', 'x'], "Unknown option '--listn'"],
    [['extra'], "Unexpected argument 'extra'"],
    [['--listen', 'nowhere'], '--listen nowhere: write HOST:PORT, such as 127.0.0.1:9090'],
    [['--listen', '127.0.0.1:99999'], '--listen 127.0.0.1:99999: write HOST:PORT'],
    [['--retention', 'long'], '--retention long: write a duration'],
    [['--retention-size', '5'], '--retention-size 5: write a size'],
    [['--prometheus-config', 'nope.yml'], 'nope.yml: cannot be read: ENOENT'],
    [['--prometheus-config', 'bad.yml'], 'bad.yml:1: globals: unknown key, did you mean global?'],
    [['--rules', 'bad.yml'], 'bad.yml: 1:'],
    [['--rules', 'nope.yml'], '--rules nope.yml: there is no such file'],
    [['--query-backend', 'prometheus:9090'], '--query-backend prometheus:9090: write the address of a server'],
    [['--data', 'bad.yml/x'], '--data bad.yml/x: '],
  ])('%j is refused, with what to do', async (args, message) => {
    const folder = await folderWith({ 'bad.yml': 'globals: {}' })
    const process = BoxmanServe.run(['--listen', '127.0.0.1:0', ...args], folder)
    expect(await process.exited).toBe(1)
    expect(process.output).toContain(message)
    expect(process.output).not.toMatch(/ at .*\.js/)
  })

  it('asks another server in place of its own store, its rules too', async ({ signal }) => {
    const { url: target } = await app(() => 'a 2\n')
    const rules = 'groups: [{name: g, interval: 1s, rules: [{record: "a:double", expr: "a * 2"}]}]'
    const folder = await folderWith({ 'prometheus.yml': job(target.host), 'rules.yml': rules })
    const store = await boxman(folder, '--prometheus-config', 'prometheus.yml', '--remote-write-receiver')
    const asking = await boxman(folder, '--query-backend', store.url, '--rules', 'rules.yml')
    const up = `up{instance="${target.host}"}`
    await eventually(
      () => valueOf(asking.url, up),
      (value) => value === 1,
      signal,
    )
    expect(await askApi(asking.url, 'label/job/values')).toEqual(['app', 'boxman'])
    type Groups = { readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] }
    await eventually(
      () => askApi<Groups>(asking.url, 'rules'),
      ({ groups }) => groups[0]?.rules[0]?.health === 'ok',
      signal,
    )
    await store.process.stop()
    await expect(valueOf(asking.url, up)).rejects.toThrow(store.url)
  })

  it('leaves alone what another has: a port, a folder', async () => {
    const folder = await folderWith({})
    const { url } = await boxman(folder, '--data', 'data')
    const busy = BoxmanServe.run(['--listen', new URL(url).host], folder)
    const second = BoxmanServe.run(['--listen', '127.0.0.1:0', '--data', 'data'], folder)
    expect(await busy.exited).toBe(1)
    expect(busy.output).toContain(`--listen ${new URL(url).host}: it is already in use`)
    expect(await second.exited).toBe(1)
    expect(second.output).toMatch(/data is in use by process \d+: .*Name another --data/)
  })
})
