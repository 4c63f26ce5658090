import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'

/** RFC 8410: what DER puts before the 32 bytes of an Ed25519 key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const KEY_BYTES = 32

export interface KeyTexts {
  /** The seed, 32 bytes in base64. */
  readonly privateKey: string
  /** 32 bytes in base64. */
  readonly publicKey: string
}

export function generateKeys(): KeyTexts {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(PKCS8_PREFIX.length)
  return { privateKey: seed.toString('base64'), publicKey: publicKeyText(publicKey) }
}

/** From a PEM text, a PEM text in base64, or the seed in base64. Throws TypeError; its text never shows the key. */
export function readPrivateKey(given: string): KeyObject {
  const decoded = Buffer.from(given, 'base64')
  const pem = [given, decoded.toString('latin1')].find((each) => each.trimStart().startsWith('-----BEGIN'))
  if (pem === undefined) {
    return createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, exactly32(given, 'private key')]),
      format: 'der',
      type: 'pkcs8',
    })
  }
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new TypeError('private key: its PEM text does not parse')
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new TypeError(`private key: ${key.asymmetricKeyType}, not ed25519`)
  return key
}

export function readPublicKey(given: string): KeyObject {
  return createPublicKey({
    key: Buffer.concat([SPKI_PREFIX, exactly32(given, 'public key')]),
    format: 'der',
    type: 'spki',
  })
}

export function publicKeyText(key: KeyObject): string {
  const half = key.type === 'private' ? createPublicKey(key) : key
  return half.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length).toString('base64')
}

function exactly32(given: string, what: string): Buffer {
  const bytes = Buffer.from(given, 'base64')
  if (bytes.length !== KEY_BYTES || bytes.toString('base64') !== given) {
    throw new TypeError(`${what}: must be ${KEY_BYTES} bytes in base64`)
  }
  return bytes
}

/** Ed25519 over a hash, both in lowercase hex. */
export function signHash(hash: string, key: KeyObject): string {
  return sign(null, Buffer.from(hash, 'hex'), key).toString('hex')
}

export function isSignatureOf(signature: string, hash: string, key: KeyObject): boolean {
  return verify(null, Buffer.from(hash, 'hex'), key, Buffer.from(signature, 'hex'))
}
