import { expose, Registry } from 'boxman/metrics'
import { cp } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type ApiTarget,
  type ApiTargets,
  askApi,
  askQuery,
  BoxmanServe,
  eventually,
  folderWith,
} from '../support/boxman-serve.ts'
import { needPeer } from '../support/peer.ts'
import { Prometheus } from '../support/prometheus.ts'
import { serve } from '../support/serve.ts'

const closing: (() => void | Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Both over the same files, each in a folder of its own. */
async function both(
  files: Readonly<Record<string, string>>,
  skip: (reason: string) => never,
): Promise<{ readonly ours: string; readonly theirs: string }> {
  const binary = needPeer('prometheus', skip)
  const folder = await folderWith(files)
  const copy = await folderWith({})
  await cp(folder, copy, { recursive: true })
  const prometheus = await Prometheus.startIn(binary, folder, ['--enable-feature=native-histograms'])
  closing.push(() => prometheus.stop())
  const boxman = await BoxmanServe.start(['--prometheus-config', 'prometheus.yml'], copy)
  closing.push(() => boxman.process.stop())
  return { ours: boxman.url, theirs: prometheus.url }
}

async function host(handle: RequestListener): Promise<string> {
  const { url, close } = await serve(handle)
  closing.push(close)
  return url.host
}

/** Every kind of target, and every action on them. Nothing listens at these addresses. */
const TARGETS = `global: {scrape_interval: 30s, scrape_timeout: 7s, external_labels: {dc: x}}
scrape_configs:
  - job_name: plain
    static_configs:
      - targets: ["127.0.0.1:1", "localhost:2", "localhost", "[::1]:3", "127.0.0.1:1"]
        labels: {env: prod, empty: "", "dotted.label": "ü"}
      - targets: ["127.0.0.1:1"]
        labels: {env: test, job: other, instance: named}
  - job_name: stated
    scrape_interval: 90s
    metrics_path: "/a path/?x#"
    scheme: https
    params: {module: [one, two], "m[]": ["{a=~\\".+\\"}"], empty: [], "sp ace": ["ü&=+"]}
    static_configs: [{targets: ["127.0.0.1:4"], labels: {__param_module: three, __param_extra: "4", __metrics_path__: later}}]
  - job_name: intervals
    static_configs:
      - {targets: ["127.0.0.1:5"], labels: {__scrape_interval__: 2m, __scrape_timeout__: 1m30s}}
      - {targets: ["127.0.0.1:6"], labels: {__scrape_interval__: 0s}}
      - {targets: ["127.0.0.1:7"], labels: {__scrape_interval__: 5s}}
      - {targets: ["127.0.0.1:8"], labels: {__scrape_timeout__: soon}}
      - {targets: ["127.0.0.1:9"], labels: {__metrics_path__: none}}
  - job_name: relabelled
    file_sd_configs: [{files: ["t-*.json", more.yml]}]
    relabel_configs:
      - {source_labels: [drop], regex: "yes", action: drop}
      - {source_labels: [__meta_filepath], regex: ".*-(\\\\d+)\\\\..*", target_label: file}
      - {regex: "__meta_(.+)", action: labelmap, replacement: "meta_$1"}
      - {source_labels: [zone, __address__], separator: "@", target_label: place}
      - {source_labels: [__address__], regex: "(.*):(\\\\d+)", target_label: __param_target, replacement: "\${1}-$2"}
      - {source_labels: [__address__], modulus: 8, action: hashmod, target_label: __tmp_shard}
      - {source_labels: [__tmp_shard], target_label: shard}
      - {source_labels: [name], action: lowercase, target_label: lower}
      - {source_labels: [name], action: uppercase, target_label: upper}
      - {source_labels: [a], target_label: b, action: dropequal}
      - {regex: "secret_.*", action: labeldrop}
      - {source_labels: [kind], target_label: "is_\${1}", replacement: "true", regex: "(.+)"}
      - {source_labels: [path], regex: "(/.+)", target_label: __metrics_path__}
      - {target_label: fixed, replacement: "$$1"}
      - {source_labels: [move], regex: "(.+)", target_label: __address__}
  - job_name: kept
    file_sd_configs: [{files: [more.yml]}]
    relabel_configs:
      - {source_labels: [name], regex: "(?i)ALPHA|beta", action: keep}
      - {source_labels: [name, nick], regex: "(?P<first>[a-z]+);(?P<second>.*)", target_label: both, replacement: "$second-\${first}"}
      - {regex: "job|instance|__.*|name|both", action: labelkeep}
      - {source_labels: [name], target_label: name, action: keepequal}
  - job_name: unnamed
    static_configs: [{targets: ["127.0.0.1:10", "127.0.0.1:11"]}]
    relabel_configs:
      - {source_labels: [__address__], regex: ".*:11", target_label: __address__, replacement: ""}
      - {regex: "job", action: labeldrop}
`

const FILES = {
  'prometheus.yml': TARGETS,
  't-1.json': JSON.stringify([
    {
      targets: ['10.0.0.1:80', '10.0.0.2:81'],
      labels: { zone: 'a', name: 'MiXed', secret_x: '1', kind: 'web', path: '/x/y' },
    },
    { targets: ['10.0.0.3:80'], labels: { drop: 'yes' } },
    { targets: [], labels: { none: 'x' } },
    { targets: ['10.0.0.4:80'], labels: { a: 'same', b: 'same' } },
    { targets: ['10.0.0.5:80'], labels: { move: '10.9.9.9:99', a: 'x' } },
  ]),
  't-22.json': JSON.stringify([{ targets: ['10.0.1.1:80'], labels: { kind: 'an odd-one', b: 'x' } }]),
  'more.yml': `- targets: ["10.0.2.1:80"]
  labels: {name: alpha, nick: al}
- targets: ["10.0.2.2:80"]
  labels: {name: Beta, b: "1"}
- targets: ["10.0.2.3:80"]
  labels: {name: gamma, a: "2"}
`,
}

function shapes({ activeTargets, droppedTargets }: ApiTargets): unknown {
  const own = ({ scrapePool }: { readonly scrapePool: string }): boolean => scrapePool !== 'boxman'
  const shape = ({
    discoveredLabels,
    labels,
    scrapePool,
    scrapeUrl,
    scrapeInterval,
    scrapeTimeout,
  }: ApiTarget): unknown => ({
    discoveredLabels,
    labels,
    scrapePool,
    scrapeUrl,
    scrapeInterval,
    scrapeTimeout,
  })
  const dropped = droppedTargets.map(({ discoveredLabels, scrapePool }) => ({ discoveredLabels, scrapePool }))
  return { active: sorted(activeTargets.filter(own).map(shape)), dropped: sorted(dropped) }
}

function sorted(items: readonly unknown[]): unknown {
  return items.map((item) => JSON.stringify(inOrder(item))).sort()
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([key, inner]) => [key, inOrder(inner)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/** Pages with all that text and OpenMetrics have, and constant values. */
const PAGES: Readonly<Record<string, readonly [type: string, page: string]>> = {
  '/text': [
    TEXT,
    `# HELP a_total An a.
# TYPE a_total counter
a_total{x="1"} 5
a_total{x="2",job="mine",instance="here",exported_job="x"} 6
# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="1"} 2
h_bucket{le="+Inf"} 3
h_sum 1.5
h_count 3
# TYPE s summary
s{quantile="0.5"} 4
s_sum 7
s_count 2
untyped_thing{path="/a/b",empty=""} -1e-3
nan NaN
inf{sign="-"} -Inf
go_noise 1
dup 1
dup 2
too{a="1"} 1
too{a="1",b=""} 1
`,
  ],
  '/openmetrics': [
    'application/openmetrics-text; version=1.0.0; charset=utf-8',
    `# TYPE b counter
# UNIT b_seconds seconds
b_total{x="1"} 5 # {trace_id="t"} 1
b_created{x="1"} 1600000000
# TYPE i info
i_info{version="1"} 1
# TYPE g gaugehistogram
g_bucket{le="1.0"} 2
g_bucket{le="+Inf"} 2
g_gcount 2
g_gsum 3
# TYPE st stateset
st{st="a"} 1
st{st="b"} 0
{"dotted.name","a label"="x"} 9
# EOF
`,
  ],
  '/bare': ['application/octet-stream', 'c 1\n'],
  '/broken': [TEXT, 'c 1\nd{ 2\n'],
}

const STORED = (target: string): string => `global: {scrape_interval: 1s}
scrape_configs:
  - {job_name: text, metrics_path: /text, static_configs: [{targets: ["${target}"], labels: {env: x}}]}
  - {job_name: honoured, metrics_path: /text, honor_labels: true, static_configs: [{targets: ["${target}"]}]}
  - {job_name: openmetrics, metrics_path: /openmetrics, static_configs: [{targets: ["${target}"]}]}
  - {job_name: bare, metrics_path: /bare, static_configs: [{targets: ["${target}"]}]}
  - job_name: fallback
    metrics_path: /bare
    fallback_scrape_protocol: PrometheusText0.0.4
    static_configs: [{targets: ["${target}"]}]
  - {job_name: broken, metrics_path: /broken, static_configs: [{targets: ["${target}"]}]}
  - {job_name: limited, metrics_path: /text, sample_limit: 5, static_configs: [{targets: ["${target}"]}]}
  - {job_name: labels, metrics_path: /text, label_limit: 5, static_configs: [{targets: ["${target}"]}]}
  - {job_name: long, metrics_path: /text, label_value_length_limit: 18, static_configs: [{targets: ["${target}"]}]}
  - {job_name: body, metrics_path: /text, body_size_limit: 20B, static_configs: [{targets: ["${target}"]}]}
  - {job_name: many, metrics_path: /text, target_limit: 1, static_configs: [{targets: ["${target}", "127.0.0.1:1"]}]}
  - {job_name: gone, metrics_path: /missing, static_configs: [{targets: ["${target}"]}]}
  - job_name: native
    metrics_path: /native
    scrape_protocols: [PrometheusProto]
    static_configs: [{targets: ["${target}"]}]
  - job_name: both
    metrics_path: /native
    scrape_protocols: [PrometheusProto]
    always_scrape_classic_histograms: true
    native_histogram_bucket_limit: 20
    static_configs: [{targets: ["${target}"]}]
  - job_name: coarse
    metrics_path: /native
    scrape_protocols: [PrometheusProto]
    native_histogram_min_bucket_factor: 1.5
    static_configs: [{targets: ["${target}"]}]
  - job_name: rules
    metrics_path: /text
    static_configs: [{targets: ["${target}"]}]
    metric_relabel_configs:
      - {source_labels: [__name__], regex: "go_.*|h_bucket", action: drop}
      - {source_labels: [path], regex: "/(\\\\w+)/.*", target_label: path}
      - {source_labels: [__name__], regex: "(.*)_total", target_label: __name__, replacement: "\${1}_count_total"}
      - {regex: "quantile", action: labeldrop}
      - {source_labels: [x], regex: "1|2", target_label: x, replacement: both}
`

interface Stored {
  readonly metric: Readonly<Record<string, string>>
  readonly value?: readonly [number, string]
  readonly histogram?: readonly [number, unknown]
}

/** A page in protobuf, which alone has native histograms. */
function nativePage(): Registry {
  const registry = new Registry({ now: () => 1_700_000_000_000 })
  const both = registry.histogram({ name: 'both', help: 'Both.', buckets: [0.1, 1], native: { schema: 3 } })
  const native = registry.histogram({ name: 'native', help: 'Native.', native: { schema: 5 } })
  const counter = registry.counter({ name: 'counted_total', help: 'Counted.' })
  for (let i = 1; i < 100; i++) {
    both.observe(i / 10)
    native.observe(i - 50)
    counter.inc()
  }
  return registry
}

describe('boxman serve beside a real Prometheus', () => {
  it('makes the same targets of the same configuration', { timeout: 60_000 }, async ({ skip, signal }) => {
    const { ours, theirs } = await both(FILES, skip)
    const ask = async (url: string): Promise<ApiTargets> => askApi<ApiTargets>(url, 'targets')
    const isWhole = ({ activeTargets }: ApiTargets): boolean =>
      ['plain', 'stated', 'intervals', 'relabelled', 'kept'].every((pool) =>
        activeTargets.some((each) => each.scrapePool === pool),
      )
    const their = await eventually(() => ask(theirs), isWhole, signal)
    const our = await eventually(() => ask(ours), isWhole, signal)
    expect(shapes(our)).toEqual(shapes(their))
    expect(our.activeTargets.length).toBeGreaterThan(12)
  })

  it('stores the same series of the same pages', { timeout: 60_000 }, async ({ skip, signal }) => {
    const registry = nativePage()
    const target = await host((request, response) => {
      if (request.url === '/native') {
        const { contentType, body } = expose(registry, { accept: request.headers.accept })
        response.writeHead(200, { 'content-type': contentType })
        void pipeline(Readable.from(body, { objectMode: false }), response)
        return
      }
      const [type, page] = PAGES[request.url ?? ''] ?? []
      response.writeHead(page === undefined ? 404 : 200, { 'content-type': type ?? TEXT }).end(page)
    })
    const { ours, theirs } = await both({ 'prometheus.yml': STORED(target) }, skip)
    const stored = async (url: string): Promise<Record<string, unknown>> => {
      // Twice scraped, so that what each scrape adds has become 0.
      const done = 'min(count_over_time(up{job!="boxman"}[1m])) >= 3 and count(up{job!="boxman"}) == 17'
      await eventually(
        () => askQuery(url, done),
        (result) => result.length === 1,
        signal,
      )
      const { result: series } = await askApi<{ result: readonly Stored[] }>(
        url,
        `query?query=${encodeURIComponent('{__name__!="",job!="boxman",__name__!="scrape_duration_seconds"}')}`,
      )
      return Object.fromEntries(
        series.map(({ metric, value, histogram }) => [JSON.stringify(inOrder(metric)), value?.[1] ?? histogram?.[1]]),
      )
    }
    const [our, their] = [await stored(ours), await stored(theirs)]
    expect(our).toEqual(their)
    expect(Object.keys(our).length).toBeGreaterThan(100)
    const errors = async (url: string): Promise<unknown> => {
      const { activeTargets } = await askApi<ApiTargets>(url, 'targets')
      const failed = activeTargets.filter(({ health }) => health === 'down')
      return Object.fromEntries(
        failed.map(({ scrapeUrl, scrapePool, lastError }) => [`${scrapePool} ${scrapeUrl}`, lastError]),
      )
    }
    expect(await errors(ours)).toEqual(await errors(theirs))
  })
})
