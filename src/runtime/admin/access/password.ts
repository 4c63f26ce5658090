import type * as Crypto from 'node:crypto'
import type { ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'

/** Loaded when a password is looked at: it takes 1 MB, and every service has this module. */
const crypto = (): typeof Crypto => process.getBuiltinModule('node:crypto')

/** As a PHC string: the logarithm of the cost, block size and parallelism, then salt and hash in base64. */
const HASHED = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/
/** 16 MiB and some 50 ms. */
const COST = { ln: 14, r: 8, p: 1 }
const MAX_LN = 17
const MAX_R = 16
const MAX_P = 4
const SALT_BYTES = 16
const HASH_BYTES = 32

export interface PasswordHash {
  readonly options: ScryptOptions
  readonly salt: Buffer
  readonly hash: Buffer
}

export function isHashed(password: string): boolean {
  return password.startsWith('$')
}

/** Undefined for what is no hash, or would take too much of the machine. */
export function readHash(text: string): PasswordHash | undefined {
  const [, ln = '', r = '', p = '', salt = '', hash = ''] = HASHED.exec(text) ?? []
  const [cost, blockSize, parallelization] = [Number(ln), Number(r), Number(p)]
  const fits = cost >= 10 && cost <= MAX_LN && blockSize >= 1 && blockSize <= MAX_R
  if (!(fits && parallelization >= 1 && parallelization <= MAX_P)) return undefined
  return {
    options: optionsOf(cost, blockSize, parallelization),
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}

/** What `admin.basic` may have in place of the password itself: `$scrypt$ln=14,r=8,p=1$SALT$HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const { ln, r, p } = COST
  const salt = crypto().randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, HASH_BYTES, optionsOf(ln, r, p))
  return `$scrypt$ln=${ln},r=${r},p=${p}$${plain(salt)}$${plain(hash)}`
}

export async function matchesHash(password: string, { options, salt, hash }: PasswordHash): Promise<boolean> {
  return crypto().timingSafeEqual(await derive(password, salt, hash.length, options), hash)
}

async function derive(password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> {
  const scrypt: (password: string, salt: Buffer, length: number, options: ScryptOptions) => Promise<Buffer> = promisify(
    crypto().scrypt,
  )
  return scrypt(password, salt, length, options)
}

function optionsOf(ln: number, r: number, p: number): ScryptOptions {
  const cost = 2 ** ln
  return { cost, blockSize: r, parallelization: p, maxmem: 256 * cost * r }
}

/** Without the padding, as in a PHC string. */
function plain(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
