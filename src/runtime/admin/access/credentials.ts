import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { isHashed, matchesHash, type PasswordHash, readHash } from './password.ts'
import { type AdminToken, type AdminUser, EVERYTHING, type Identity } from './scope.ts'
import type { Holder } from './sessions.ts'

export interface CredentialOptions {
  readonly token?: string | readonly string[] | undefined
  readonly tokens?: readonly AdminToken[] | undefined
  readonly basic?: readonly AdminUser[] | undefined
}

/** What an `Authorization` header came to. `busy`: too many passwords are looked at already. */
export type Answer = 'none' | 'wrong' | 'busy' | Identity

interface Known {
  readonly digest: Buffer
  readonly identity: Identity
}

interface User {
  readonly digest: Buffer
  readonly secret: Buffer | PasswordHash
  readonly identity: Identity
  /** Of the password that was right, so that each request need not pay for the hash. */
  proven: Buffer | undefined
}

/** Of a token that has no name. */
const UNNAMED = 'a token'
/** Each takes 16 MiB and a thread. */
const MAX_AT_ONCE = 4
/** So that an unknown name takes as long as a known one. */
const NOBODY = '$scrypt$ln=14,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'

/** The tokens and the users, compared in a time that tells nothing of them. */
export class Credentials {
  readonly #tokens: readonly Known[]
  readonly #users: readonly User[]
  /** Of this process alone. */
  readonly #key = randomBytes(32)
  readonly #nobody = readHash(NOBODY)
  /** Whoever can log in. */
  readonly holders: readonly Holder[]
  #atWork = 0

  constructor({ token = [], tokens = [], basic = [] }: CredentialOptions) {
    const plain = typeof token === 'string' ? [token] : token
    this.#tokens = [
      ...plain.map((each) => ({ digest: digest(each), identity: { name: UNNAMED, scopes: EVERYTHING } })),
      ...tokens.map(({ token: each, name = UNNAMED, scopes }) => ({
        digest: digest(each),
        identity: { name, scopes: new Set(scopes) },
      })),
    ]
    this.#users = basic.map(({ user, password, scopes }) => ({
      digest: digest(user),
      secret: secretOf(user, password),
      identity: { name: user, scopes: new Set(scopes) },
      proven: undefined,
    }))
    this.holders = [
      ...[...plain, ...tokens.map((each) => each.token)].map((each, i) => ({
        identity: identityAt(this.#tokens, i),
        secret: `token ${each}`,
      })),
      ...basic.map(({ user, password }, i) => ({
        identity: identityAt(this.#users, i),
        secret: `user ${JSON.stringify([user, password])}`,
      })),
    ]
  }

  /** Whether there are any. */
  get areAsked(): boolean {
    return this.#tokens.length > 0 || this.#users.length > 0
  }

  /** What there is to log in with. */
  get kinds(): { readonly token: boolean; readonly password: boolean } {
    return { token: this.#tokens.length > 0, password: this.#users.length > 0 }
  }

  /** Of those who may read, the one who may do most. */
  get foremost(): Identity | undefined {
    return this.holders
      .map(({ identity }) => identity)
      .filter(({ scopes }) => scopes.has('read'))
      .reduce<Identity | undefined>(
        (most, each) => (each.scopes.size > (most?.scopes.size ?? 0) ? each : most),
        undefined,
      )
  }

  /**
   * For `WWW-Authenticate`.
   * @param ofScript whether a page's script asks, which shows what it is told: to `Basic` the browser would put up a box of its own
   */
  challenges(ofScript: boolean): readonly string[] {
    const { token, password } = this.kinds
    const bearer = token ? ['Bearer realm="boxman"'] : []
    if (!password) return bearer
    return [...bearer, ofScript ? 'Session realm="boxman"' : 'Basic realm="boxman", charset="UTF-8"']
  }

  /** @param mayHash whether passwords are looked at, too; they are easier to guess. */
  async check(authorization: string | undefined, mayHash: boolean): Promise<Answer> {
    if (authorization === undefined || !this.areAsked) return 'none'
    const [, scheme = '', given = ''] = /^(\w+) +(\S+) *$/.exec(authorization) ?? []
    switch (scheme.toLowerCase()) {
      case 'bearer':
        return this.checkToken(given)
      case 'basic': {
        if (!mayHash) return 'busy'
        const pair = Buffer.from(given, 'base64').toString()
        const colon = pair.indexOf(':')
        return colon < 0 ? 'wrong' : this.checkPassword(pair.slice(0, colon), pair.slice(colon + 1))
      }
      default:
        return 'wrong'
    }
  }

  /** All are looked at, digests being equally long. */
  checkToken(given: string): Identity | 'wrong' {
    const asked = digest(given)
    let found: Identity | 'wrong' = 'wrong'
    for (const { digest: own, identity } of this.#tokens) if (timingSafeEqual(own, asked)) found = identity
    return found
  }

  async checkPassword(given: string, password: string): Promise<Identity | 'wrong' | 'busy'> {
    if (this.#users.length === 0) return 'wrong'
    const name = digest(given)
    let user: User | undefined
    for (const each of this.#users) if (timingSafeEqual(each.digest, name)) user = each
    const proof = createHmac('sha256', this.#key).update(password).digest()
    if (user?.proven !== undefined && timingSafeEqual(user.proven, proof)) return user.identity
    const secret = user?.secret ?? this.#nobody
    if (secret === undefined) throw new Error('BUG: the hash of nobody is none')
    if (Buffer.isBuffer(secret))
      return user !== undefined && timingSafeEqual(secret, digest(password)) ? user.identity : 'wrong'
    if (this.#atWork >= MAX_AT_ONCE) return 'busy'
    this.#atWork++
    try {
      if (!(await matchesHash(password, secret)) || user === undefined) return 'wrong'
      user.proven = proof
      return user.identity
    } finally {
      this.#atWork--
    }
  }
}

function identityAt(known: readonly { readonly identity: Identity }[], index: number): Identity {
  const found = known[index]
  if (found === undefined) throw new Error('BUG: a credential of nobody')
  return found.identity
}

/** @throws RangeError for a hash that is none. */
function secretOf(user: string, password: string): Buffer | PasswordHash {
  if (!isHashed(password)) return digest(password)
  const hash = readHash(password)
  if (hash === undefined)
    throw new RangeError(`the password of ${user} begins with $ and is no hash such as $scrypt$ln=14,r=8,p=1$SALT$HASH`)
  return hash
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
