import type * as Crypto from 'node:crypto'

/** Long enough to switch to the browser. */
const LIFE_MS = 10 * 60_000

/** What lets one person in, once, without typing a credential: the latest that was made. */
export class LoginLinks {
  readonly #now: () => number
  #digest: Buffer | undefined
  #until = -Infinity

  /** @param now in milliseconds that never go back */
  constructor(now: () => number) {
    this.#now = now
  }

  make(): string {
    const secret = crypto().randomBytes(32).toString('base64url')
    this.#digest = digest(secret)
    this.#until = this.#now() + LIFE_MS
    return secret
  }

  /** Whether it is the one, in time; it is of no use afterwards. */
  redeem(secret: string): boolean {
    const own = this.#digest
    if (own === undefined || this.#now() >= this.#until) return false
    if (!crypto().timingSafeEqual(own, digest(secret))) return false
    this.#digest = undefined
    return true
  }
}

/** Loaded when a link is made: every service has this module. */
function crypto(): typeof Crypto {
  return process.getBuiltinModule('node:crypto')
}

function digest(text: string): Buffer {
  return crypto().createHash('sha256').update(text).digest()
}
