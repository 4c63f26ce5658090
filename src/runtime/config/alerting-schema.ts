import * as v from 'valibot'
import type { ForwardTarget } from '../alerting/forward/peers.ts'
import type { HeartbeatTarget } from '../alerting/heartbeat/heartbeat.ts'
import { isHttpUrl, wholeNumber } from './schema-parts.ts'
import { secret } from './secret-schema.ts'
import { isServerUrl } from './server-url.ts'

const PEERS =
  "a list of 1 to 20 such as [{ url: 'http://alertmanager:9093' }], each with url (without a name, a password, ? and # in it), headers, token, username and password, ca, cert and key (files of PEM), timeoutMs"
const PROOF =
  "such as { url: 'https://hc-ping.com/...' }, with url, intervalMs (1000 to 86400000), method (GET, HEAD, POST or PUT), headers, body"

const text = (expected: string): v.GenericSchema<string> =>
  v.pipe(v.string(expected), v.minLength(1, expected), v.maxLength(4000, expected))
const headers = (expected: string): v.GenericSchema<Record<string, string>> =>
  v.record(
    v.pipe(v.string(expected), v.regex(/^[\w!#$%&'*+.^`|~-]{1,200}$/, expected)),
    secret(v.pipe(v.string(expected), v.regex(/^[^\0\r\n]*$/, expected))),
    expected,
  )

/** `alerting.forward` */
export const FORWARD: v.GenericSchema<readonly ForwardTarget[]> = v.pipe(
  v.array(
    v.pipe(
      v.strictObject(
        {
          url: v.pipe(
            v.string(PEERS),
            v.check((url) => isServerUrl(url) && !/[?#]/.test(url), PEERS),
          ),
          headers: v.optional(headers(PEERS)),
          token: v.optional(secret(text(PEERS))),
          username: v.optional(text(PEERS)),
          password: v.optional(secret(text(PEERS))),
          ca: v.optional(text(PEERS)),
          cert: v.optional(text(PEERS)),
          key: v.optional(text(PEERS)),
          timeoutMs: v.optional(wholeNumber(1, 300_000, 'milliseconds')),
        },
        PEERS,
      ),
      v.check(({ token, username }) => token === undefined || username === undefined, `${PEERS}; token or username`),
      v.check(({ cert, key }) => (cert === undefined) === (key === undefined), `${PEERS}; cert and key`),
    ),
    PEERS,
  ),
  v.minLength(1, PEERS),
  v.maxLength(20, PEERS),
)

/** `alerting.heartbeat` */
export const HEARTBEAT: v.GenericSchema<HeartbeatTarget> = v.strictObject(
  {
    url: secret(v.pipe(v.string(PROOF), v.check(isHeartbeatUrl, PROOF))),
    intervalMs: v.optional(wholeNumber(1000, 86_400_000, 'milliseconds')),
    method: v.optional(v.picklist(['GET', 'HEAD', 'POST', 'PUT'], PROOF)),
    headers: v.optional(headers(PROOF)),
    body: v.optional(v.pipe(v.string(PROOF), v.maxLength(65_536, PROOF))),
  },
  PROOF,
)

/** `fetch` takes no name and password in it. */
function isHeartbeatUrl(url: string): boolean {
  return isHttpUrl(url) && isServerUrl(url)
}
