import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical.ts'

/** What a hash is a hash of: no text hashed for one purpose can pass for another. None contains a line feed. */
export type Domain = 'craps/commit/1' | 'craps/dice/1' | 'craps/list/1' | 'craps/proposal/1' | 'craps/round/1'

/** SHA-256 of `domain LF canonical JSON`, in lowercase hex. */
export function digest(domain: Domain, value: unknown): string {
  return createHash('sha256')
    .update(`${domain}\n${canonicalJson(value)}`)
    .digest('hex')
}
