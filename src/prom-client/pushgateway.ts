import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { urlToHttpOptions } from 'node:url'
import { gzipSync } from 'node:zlib'
import { globalRegistry, Registry } from './registry.ts'
import { type Source } from './sources.ts'
import type { RegistryContentType } from './types.ts'

export declare namespace Pushgateway {
  interface Parameters {
    jobName: string
    /** Further labels of the group, in the order of the path. */
    groupings?: Record<string, string>
  }
}

/** What node:http or node:https takes, and whether a job's name is needed: it is unless this is false. */
export type PushgatewayOptions = https.RequestOptions & { requireJobName?: boolean }
type Method = 'POST' | 'PUT' | 'DELETE'
type Answer = { resp?: unknown; body?: unknown }

/** Sends a registry's page to a Pushgateway. */
export class Pushgateway<T extends RegistryContentType = RegistryContentType> {
  readonly registry: Source
  readonly gatewayUrl: string
  readonly requireJobName: boolean
  readonly requestOptions: RequestOptions

  constructor(url: string, options?: PushgatewayOptions | null, registry?: Registry<T>)
  constructor(url: string, registry?: Registry<T>)
  constructor(url: string, options?: PushgatewayOptions | Registry<T> | null, registry?: Registry<T>) {
    const { requireJobName = true, ...requestOptions } = options instanceof Registry ? {} : (options ?? {})
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- T is one of the two
    this.registry = (options instanceof Registry ? options : (registry ?? globalRegistry)) as Source
    this.gatewayUrl = url
    this.requireJobName = requireJobName
    this.requestOptions = requestOptions
  }

  /** Replaces the metrics of the group that have these names. */
  pushAdd(params: Partial<Pushgateway.Parameters> = {}): Promise<Answer> {
    return this.#send('POST', params)
  }

  /** Replaces all metrics of the group. */
  push(params: Partial<Pushgateway.Parameters> = {}): Promise<Answer> {
    return this.#send('PUT', params)
  }

  /** Removes all metrics of the group. */
  delete(params: Partial<Pushgateway.Parameters> = {}): Promise<Answer> {
    return this.#send('DELETE', params)
  }

  #send(method: Method, { jobName, groupings = {} }: Partial<Pushgateway.Parameters>): Promise<Answer> {
    if (this.requireJobName && !jobName) throw new Error('Missing jobName parameter')
    const options = this.#options(method, jobName, groupings)
    return new Promise((resolve, reject) => {
      const { request } = options.protocol === 'https:' ? https : http
      const sent = request(options, (resp) => {
        readText(resp).then((body) => {
          const { statusCode = 0 } = resp
          if (statusCode >= 400) reject(new Error(`push failed with status ${statusCode}, ${body}`))
          else resolve({ resp, body })
        }, reject)
      })
      sent.on('error', reject)
      sent.on('timeout', () => sent.destroy(new Error('Pushgateway request timed out')))
      if (method === 'DELETE') {
        sent.end()
        return
      }
      this.registry.metrics().then(
        (page) => sent.end(isGzip(options) ? gzipSync(page) : page),
        (error: unknown) => sent.destroy(error instanceof Error ? error : new Error(String(error))),
      )
    })
  }

  #options(method: Method, jobName: string | undefined, groupings: Record<string, string>): RequestOptions {
    const url = new URL(this.gatewayUrl)
    const group = jobName ? ['job', jobName, ...Object.entries(groupings).flat()].map(encodeURIComponent) : []
    const path = [url.pathname === '/' ? '' : url.pathname, 'metrics', ...group].join('/')
    url.pathname = path
    url.search = url.hash = ''
    const headers = Object.assign({}, this.requestOptions.headers)
    if (method === 'DELETE') Reflect.deleteProperty(headers, 'Content-Encoding')
    return { ...urlToHttpOptions(url), path, ...this.requestOptions, headers, method }
  }
}

function isGzip({ headers }: RequestOptions): boolean {
  return headers !== undefined && Reflect.get(headers, 'Content-Encoding') === 'gzip'
}

async function readText(message: IncomingMessage): Promise<string> {
  message.setEncoding('utf8')
  let text = ''
  for await (const chunk of message) text += String(chunk)
  return text
}
