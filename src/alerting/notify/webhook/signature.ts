import { createHash, createHmac } from 'node:crypto'

const PREFIX = 'whsec_'
const MIN_BYTES = 24
const MAX_BYTES = 64

/** The key of a secret `whsec_...`; undefined when it is none. */
export function signingKey(secret: string): Buffer | undefined {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(text)) return undefined
  const key = Buffer.from(text, 'base64')
  return key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : undefined
}

/** The headers of Standard Webhooks 1.0; several keys while one is replaced by another. */
export function signed(
  { id: given, at, body }: { readonly id: string; /** Ms. */ readonly at: number; readonly body: string },
  keys: readonly Buffer[],
): Readonly<Record<string, string>> {
  // What no header can hold.
  const id = /^[\x21-\x7e]{1,256}$/.test(given) ? given : createHash('sha256').update(given).digest('hex')
  const timestamp = String(Math.floor(at / 1000))
  const head = { 'webhook-id': id, 'webhook-timestamp': timestamp }
  if (keys.length === 0) return head
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  )
  return { ...head, 'webhook-signature': signatures.join(' ') }
}
