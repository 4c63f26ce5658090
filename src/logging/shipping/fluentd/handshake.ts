import { createHash, randomBytes } from 'node:crypto'
import type { Channel } from './channel.ts'
import { MessagePackWriter } from './message-pack.ts'
import type { Message } from './read-message-pack.ts'

export interface Credentials {
  readonly sharedKey: string
  readonly hostname: string
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1#handshake-messages. Rejects when either side does not know the key. */
export async function shakeHands(
  channel: Channel,
  { sharedKey, hostname, username = '', password = '' }: Credentials,
  receive: () => Promise<Message>,
): Promise<void> {
  const [helo, options] = listOf(await receive())
  if (helo !== 'HELO' || !(options instanceof Map)) throw new Error('no HELO: does the server know a shared key?')
  const nonce = bytesOf(options.get('nonce'))
  const auth = bytesOf(options.get('auth'))
  const salt = randomBytes(16)
  const login = auth.length === 0 ? ['', ''] : [username, sha512(auth, username, password)]
  const out = new MessagePackWriter()
  out.value(['PING', hostname, salt, sha512(salt, hostname, nonce, sharedKey), ...login])
  channel.send(out.finish())

  const [pong, accepted, reason, server, digest] = listOf(await receive())
  if (pong !== 'PONG') throw new Error('no PONG')
  if (accepted !== true) throw new Error(`not let in: ${typeof reason === 'string' ? reason.slice(0, 200) : ''}`)
  if (typeof server !== 'string' || digest !== sha512(salt, server, nonce, sharedKey)) {
    throw new Error('the server does not know the shared key')
  }
}

function listOf(message: Message): readonly Message[] {
  return Array.isArray(message) ? message : []
}

function bytesOf(message: Message | undefined): Buffer {
  return Buffer.isBuffer(message) ? message : Buffer.from(typeof message === 'string' ? message : '')
}

function sha512(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
