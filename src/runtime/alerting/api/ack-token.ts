import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a signed link is for. */
export interface AckClaim {
  readonly groupKey: string
  /** Whom the message went to. */
  readonly receiver: string
}

export type ReadAckToken =
  | { readonly ok: true; readonly claim: AckClaim }
  | { readonly ok: false; readonly reason: 'invalid' | 'expired' }

const MIN_SECRET_BYTES = 16
/** What is signed with the same secret for another end is no token. */
const PURPOSE = 'boxman acknowledge 1\n'

/** Tokens of links with which whoever got a message acknowledges its group, without other credentials: `CLAIM.HMAC-SHA256`. */
export class AckTokens {
  readonly #secret: Uint8Array

  /** @throws RangeError for a secret below 16 bytes. */
  constructor(secret: Uint8Array) {
    if (!(secret.length >= MIN_SECRET_BYTES)) {
      throw new RangeError(`secret: ${secret.length} bytes; at least ${MIN_SECRET_BYTES} are needed`)
    }
    this.#secret = secret
  }

  /** @param expiresAt ms since the epoch. */
  sign({ groupKey, receiver }: AckClaim, expiresAt: number): string {
    const said = new URLSearchParams({ expiresAt: String(expiresAt), receiver, groupKey })
    const claim = Buffer.from(said.toString()).toString('base64url')
    return `${claim}.${this.#mac(claim).toString('base64url')}`
  }

  /** In constant time where it matters. */
  read(token: string, now: number): ReadAckToken {
    const [claim = '', mac = '', ...rest] = token.split('.')
    const given = Buffer.from(mac, 'base64url')
    const wanted = this.#mac(claim)
    if (rest.length > 0 || given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
      return { ok: false, reason: 'invalid' }
    }
    const said = new URLSearchParams(Buffer.from(claim, 'base64url').toString())
    if (!(now < Number(said.get('expiresAt')))) return { ok: false, reason: 'expired' }
    return { ok: true, claim: { groupKey: said.get('groupKey') ?? '', receiver: said.get('receiver') ?? '' } }
  }

  #mac(claim: string): Buffer {
    return createHmac('sha256', this.#secret).update(PURPOSE).update(claim).digest()
  }
}
