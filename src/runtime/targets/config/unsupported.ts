import type { Unsupported } from './yaml-value.ts'

type Table = Readonly<Record<string, Unsupported>>

function refused(names: readonly string[], why: string): Table {
  return Object.fromEntries(names.map((name) => [name, { verdict: 'refuse', why }]))
}

function ignored(names: readonly string[], why: string): Table {
  return Object.fromEntries(names.map((name) => [name, { verdict: 'warn', why }]))
}

const DISCOVERIES = [
  'azure_sd_configs',
  'consul_sd_configs',
  'digitalocean_sd_configs',
  'dns_sd_configs',
  'docker_sd_configs',
  'dockerswarm_sd_configs',
  'ec2_sd_configs',
  'eureka_sd_configs',
  'gce_sd_configs',
  'hetzner_sd_configs',
  'ionos_sd_configs',
  'kubernetes_sd_configs',
  'kuma_sd_configs',
  'lightsail_sd_configs',
  'linode_sd_configs',
  'marathon_sd_configs',
  'nerve_sd_configs',
  'nomad_sd_configs',
  'openstack_sd_configs',
  'ovhcloud_sd_configs',
  'puppetdb_sd_configs',
  'scaleway_sd_configs',
  'serverset_sd_configs',
  'stackit_sd_configs',
  'triton_sd_configs',
  'uyuni_sd_configs',
  'vultr_sd_configs',
]

const FAILURE_LOG = ignored(['scrape_failure_log_file'], 'failures are at /api/v1/targets')
const NHCB = refused(
  ['convert_classic_histograms_to_nhcb'],
  'classic histograms are stored as they are; ask for native ones with scrape_native_histograms',
)

/** Keys of Prometheus that are known and not read, by the map that they stand in. */
export const UNSUPPORTED: Readonly<
  Record<
    'root' | 'global' | 'scrape' | 'alertmanagers' | 'http' | 'tls' | 'remoteWrite' | 'queue' | 'storage' | 'tsdb',
    Table
  >
> = {
  root: {
    ...refused(['remote_read'], 'queries are answered from the own store alone'),
    ...ignored(['tracing'], 'the server does not trace itself'),
    ...ignored(['otlp'], 'OTLP is not received'),
    ...ignored(['runtime'], "it is about Go's garbage collector"),
  },
  global: {
    ...ignored(['query_log_file'], 'queries are not logged'),
    ...FAILURE_LOG,
    ...NHCB,
  },
  scrape: {
    ...refused(DISCOVERIES, 'targets are found by static_configs, file_sd_configs and http_sd_configs'),
    ...refused(
      ['scrape_classic_histograms'],
      'Prometheus 3 names it always_scrape_classic_histograms, and so does Boxman',
    ),
    ...FAILURE_LOG,
    ...NHCB,
  },
  alertmanagers: {
    ...refused([...DISCOVERIES, 'file_sd_configs', 'http_sd_configs'], 'Alertmanagers are named by static_configs'),
    ...refused(['sigv4', 'google_iam'], 'use authorization, basic_auth or http_headers'),
  },
  http: {
    ...refused(['oauth2'], 'use authorization, basic_auth or http_headers'),
    ...refused(['proxy_url', 'proxy_from_environment', 'proxy_connect_header'], 'targets are reached directly'),
    ...ignored(['no_proxy'], 'targets are reached directly'),
    ...ignored(['enable_http2'], 'targets are asked over HTTP/1.1'),
  },
  tls: refused(['ca_ref', 'cert_ref', 'key_ref'], 'there is no secret store; name a file'),
  remoteWrite: {
    ...refused(['sigv4', 'azuread', 'google_iam'], 'use authorization, basic_auth or headers'),
    ...ignored(['round_robin_dns'], 'the address is looked up for each connection'),
    ...ignored(
      ['metadata_config', 'send_native_histograms', 'send_exemplars'],
      'what is sent follows from protobuf_message',
    ),
  },
  queue: ignored(
    ['max_shards', 'min_shards', 'min_backoff', 'max_backoff', 'retry_on_http_429', 'sample_age_limit'],
    'one request at a time is sent, and again until it is taken or refused for good',
  ),
  storage: {},
  tsdb: ignored(['retention'], 'set --retention'),
}
