import { createHash, timingSafeEqual } from 'node:crypto'
import { AddressRanges } from '../address-ranges.ts'
import type { Config } from '../config/config.ts'

/** What an orchestrator asks, which knows no token: they say that the process is well, and which check fails. */
const PROBES: ReadonlySet<string> = new Set([
  '/health',
  '/healthz',
  '/livez',
  '/ready',
  '/readyz',
  '/startupz',
  '/-/healthy',
  '/-/ready',
])

export interface Visit {
  /** Beneath the base path. */
  readonly path: string
  readonly remoteAddress: string | undefined
  /** The header. */
  readonly authorization: string | undefined
}

export interface Refused {
  readonly status: 401 | 403
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

/** Who may come in: `admin.allow`, then `admin.token`. */
export class Guard {
  readonly #ranges: AddressRanges | undefined
  readonly #tokens: readonly Buffer[]
  readonly #guardProbes: boolean

  constructor({ token, allow, guardProbes }: Pick<Config['admin'], 'token' | 'allow' | 'guardProbes'>) {
    this.#ranges = allow === undefined ? undefined : new AddressRanges(allow)
    const tokens = token === undefined ? [] : typeof token === 'string' ? [token] : token
    this.#tokens = tokens.map(digest)
    this.#guardProbes = guardProbes
  }

  judge(visit: Visit): Refused | undefined {
    return !this.#guardProbes && isProbe(visit.path) ? undefined : this.#refusal(visit)
  }

  /** Whether the visitor may ask everything: who is let in for a probe alone is told no details. */
  trusts(visit: Visit): boolean {
    return this.#refusal(visit) === undefined
  }

  #refusal({ remoteAddress, authorization }: Visit): Refused | undefined {
    if (this.#ranges?.has(remoteAddress) === false) {
      const text = `${remoteAddress ?? 'a client without an address'} is not among the addresses of admin.allow\n`
      return { status: 403, text, headers: {} }
    }
    if (this.#tokens.length === 0) return undefined
    const [, given] = /^Bearer +(\S+) *$/i.exec(authorization ?? '') ?? []
    if (given !== undefined && this.#knows(given)) return undefined
    const wrong = given === undefined ? '' : ', error="invalid_token"'
    return {
      status: 401,
      text: `${given === undefined ? 'a token is needed' : 'the token is not the right one'}: Authorization: Bearer TOKEN, of admin.token\n`,
      headers: { 'www-authenticate': `Bearer realm="boxman"${wrong}` },
    }
  }

  /** In a time that tells nothing of the tokens: digests are equally long, and all are looked at. */
  #knows(token: string): boolean {
    const given = digest(token)
    return this.#tokens.reduce((known, own) => timingSafeEqual(own, given) || known, false)
  }
}

function isProbe(path: string): boolean {
  return PROBES.has(path) || path.startsWith('/readyz/')
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
