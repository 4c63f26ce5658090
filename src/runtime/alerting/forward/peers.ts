import path from 'node:path'
import type { AlertmanagerTarget } from '../../targets/config/alertmanagers-config.ts'
import type { HttpClientConfig, Secret } from '../../targets/config/http-client-config.ts'
import type { ForwardPeerConfig } from './forward-peer.ts'

/** An Alertmanager as a service's configuration states it. */
export interface ForwardTarget {
  /** Of the Alertmanager itself, a path before its own kept. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly token?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Files of PEM. */
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
  readonly timeoutMs?: number | undefined
}

const TIMEOUT_MS = 10_000
const ALERTS_PATH = '/api/v2/alerts'

/** @param cwd what names of files are relative to. */
export function peerOf(target: ForwardTarget, cwd: string): ForwardPeerConfig {
  const name = target.url.replace(/\/+$/, '')
  return {
    name,
    url: name + ALERTS_PATH,
    identity: JSON.stringify([target, cwd]),
    timeoutMs: target.timeoutMs ?? TIMEOUT_MS,
    client: clientOf(target, cwd),
    relabel: [],
  }
}

/** Of a prometheus.yml. */
export function peerAt({ url, identity, timeoutMs, client, alertRelabel }: AlertmanagerTarget): ForwardPeerConfig {
  const name = url.endsWith(ALERTS_PATH) ? url.slice(0, -ALERTS_PATH.length) : url
  return { name, url, identity, timeoutMs, client, relabel: alertRelabel }
}

function clientOf(target: ForwardTarget, cwd: string): HttpClientConfig {
  const { token, username, password = '', headers = {}, ca, cert, key } = target
  const file = (name: string | undefined): Secret | undefined =>
    name === undefined ? undefined : { kind: 'file', path: path.resolve(cwd, name) }
  const given = (text: string): Secret => ({ kind: 'given', text })
  return {
    auth:
      username !== undefined
        ? { kind: 'basic', user: given(username), password: given(password) }
        : token !== undefined
          ? { kind: 'authorization', type: 'Bearer', credentials: given(token) }
          : { kind: 'none' },
    tls: {
      ca: file(ca),
      cert: file(cert),
      key: file(key),
      serverName: '',
      insecureSkipVerify: false,
      minVersion: undefined,
      maxVersion: undefined,
    },
    followRedirects: false,
    headers: Object.entries(headers).map(([name, text]) => [name, given(text)] as const),
  }
}
