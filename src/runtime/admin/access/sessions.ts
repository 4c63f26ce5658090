import { createHash, createHmac, scrypt, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Identity } from './scope.ts'

/** Who may log in, and what their sessions live by. */
export interface Holder {
  readonly identity: Identity
  /** The credential as it is stated. */
  readonly secret: string
}

export interface SessionOptions {
  readonly holders: readonly Holder[]
  /** Cookies know no ports: services of one host are told apart by this. */
  readonly service: string
  /** ms since the epoch. */
  readonly wallNow: () => number
}

/** `wrong`: a session that was never given, or whose credential has changed since. */
export type SessionAnswer = 'none' | 'wrong' | Identity

export const SESSION_SECONDS: number = 12 * 3600
/** Which holder, until when in seconds since the epoch, and what proves both. */
const SESSION = /^(0|[1-9]\d{0,4})\.([1-9]\d{0,11})\.([\w-]{43})$/
/** Of one name, from different paths. */
const MAX_COOKIES = 4
/** A cookie that was stolen is to help little in guessing a password: 16 MiB and some 50 ms for each attempt. */
const COST = { cost: 2 ** 14, blockSize: 8, parallelization: 1, maxmem: 2 ** 26 }
const SALT = 'boxman session 1'

/**
 * Who has logged in with a browser, by a cookie that holds all there is to know. It is signed with a key that comes of the
 * credential itself: it outlives the process, and ends with the credential.
 */
export class Sessions {
  readonly cookie: string
  readonly #holders: readonly Holder[]
  readonly #wallNow: () => number
  readonly #keys = new Map<number, Promise<Buffer>>()

  constructor({ holders, service, wallNow }: SessionOptions) {
    this.#holders = holders
    this.#wallNow = wallNow
    this.cookie = `boxman_${createHash('sha256').update(service).digest('hex').slice(0, 8)}`
  }

  /** The value of a cookie for a holder's identity. */
  async issue(identity: Identity): Promise<string> {
    const index = this.#holders.findIndex((holder) => holder.identity === identity)
    const stated = `${index}.${Math.floor(this.#wallNow() / 1000) + SESSION_SECONDS}`
    return `${stated}.${(await this.#sign(index, stated)).toString('base64url')}`
  }

  /** One that is right will do, wherever it stands. */
  async check(headers: IncomingHttpHeaders): Promise<SessionAnswer> {
    let answer: SessionAnswer = 'none'
    for (const value of this.#valuesIn(headers.cookie ?? '')) {
      const said = await this.#checkOne(value)
      if (typeof said === 'object') return said
      if (said === 'wrong') answer = said
    }
    return answer
  }

  async #checkOne(value: string): Promise<SessionAnswer> {
    const [, index = '', until = '', proof = ''] = SESSION.exec(value) ?? []
    // What is over says so itself: that is no attempt to guess.
    if (!(Number(until) * 1000 > this.#wallNow())) return 'none'
    const holder = this.#holders[Number(index)]
    if (holder === undefined) return 'wrong'
    const own = await this.#sign(Number(index), `${index}.${until}`)
    return timingSafeEqual(own, Buffer.from(proof, 'base64url')) ? holder.identity : 'wrong'
  }

  #valuesIn(header: string): readonly string[] {
    return header
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.cookie}=`))
      .slice(0, MAX_COOKIES)
      .map((pair) => pair.slice(this.cookie.length + 1))
  }

  async #sign(index: number, stated: string): Promise<Buffer> {
    const key = this.#keys.get(index) ?? derive(this.#holders[index])
    this.#keys.set(index, key)
    return createHmac('sha256', await key)
      .update(stated)
      .digest()
  }
}

function derive(holder: Holder | undefined): Promise<Buffer> {
  if (holder === undefined) throw new Error('BUG: a session of nobody')
  return new Promise((resolve, reject) => {
    scrypt(holder.secret, SALT, 32, COST, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
}
