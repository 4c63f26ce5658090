import { readUrl } from './discovery-config.ts'
import { type HttpClientConfig, readHttpClient, readPlainHeaders } from './http-client-config.ts'
import { readRelabelRule, type RelabelRule } from './relabel-rule.ts'
import { UNSUPPORTED } from './unsupported.ts'
import type { YamlValue } from './yaml-value.ts'

/** A server that gets everything that is stored. */
export interface RemoteWriteConfig {
  /** Those of the same say the same. */
  readonly identity: string
  readonly name: string
  readonly url: string
  readonly version: '1.0' | '2.0'
  readonly timeoutMs: number
  readonly client: HttpClientConfig
  readonly relabel: readonly RelabelRule[]
  readonly queue: RemoteWriteQueue
}

/** Undefined: as the sender has it. */
export interface RemoteWriteQueue {
  readonly capacity: number | undefined
  readonly maxSamplesPerSend: number | undefined
  readonly batchDeadlineMs: number | undefined
}

const TIMEOUT_MS = 30_000
const MESSAGES = ['prometheus.WriteRequest', 'io.prometheus.write.v2.Request'] as const

export function readRemoteWrite(value: YamlValue, file: string): RemoteWriteConfig | undefined {
  if (value.isNull) return value.problem('empty or null remote write config section')
  const map = value.map()
  const url = readUrl(map.at('url'))
  const headers = readPlainHeaders(map.at('headers'))
  const client = readHttpClient(map, file)
  const config: RemoteWriteConfig = {
    identity: JSON.stringify([file, value.plainContent]),
    name: map.at('name')?.text() ?? '',
    url: url?.href ?? '',
    version: map.at('protobuf_message')?.oneOf(MESSAGES) === 'io.prometheus.write.v2.Request' ? '2.0' : '1.0',
    timeoutMs: map.at('remote_timeout')?.duration() ?? TIMEOUT_MS,
    client: { ...client, headers: [...client.headers, ...headers] },
    relabel:
      map
        .at('write_relabel_configs')
        ?.list()
        ?.flatMap((rule) => readRelabelRule(rule) ?? []) ?? [],
    queue: readQueue(map.at('queue_config')),
  }
  map.done({ ...UNSUPPORTED.http, ...UNSUPPORTED.remoteWrite })
  return url === undefined ? map.problem('url for remote_write is empty') : config
}

function readQueue(value: YamlValue | undefined): RemoteWriteQueue {
  const map = value?.map()
  const queue = {
    capacity: map?.at('capacity')?.count(),
    maxSamplesPerSend: map?.at('max_samples_per_send')?.count(),
    batchDeadlineMs: map?.at('batch_send_deadline')?.duration(),
  }
  map?.done(UNSUPPORTED.queue)
  return queue
}
