import type { IncomingMessage } from 'node:http'
import { type PeerCertificate, TLSSocket } from 'node:tls'
import { type AdminTls, EVERYTHING, type Identity, NOTHING, type Scope } from './scope.ts'

/** Of an alternative name: its kind, then the name, in quotes where it has signs of its own. */
const ALTERNATIVE = /(?:^|, )[\w ]+:("(?:[^"\\]|\\.)*"|[^,]*)/g

/** What the certificates of clients may do. */
export class Certificates {
  readonly #allowed: readonly { readonly pattern: RegExp; readonly scopes: readonly Scope[] }[] | undefined
  /** Whether certificates are asked for. */
  readonly areAsked: boolean

  constructor(tls: AdminTls | undefined) {
    this.areAsked = tls?.ca !== undefined
    this.#allowed = tls?.allow?.map(({ subject, scopes }) => ({ pattern: patternOf(subject), scopes }))
  }

  /** Undefined: there is no certificate, or none of an authority that is known. */
  identityOf({ socket }: IncomingMessage): Identity | undefined {
    if (!this.areAsked || !(socket instanceof TLSSocket) || !socket.authorized) return undefined
    const names = namesOf(socket.getPeerCertificate())
    const name = names[0] ?? 'a certificate'
    if (this.#allowed === undefined) return { name, scopes: EVERYTHING }
    const found = this.#allowed.filter(({ pattern }) => names.some((each) => pattern.test(each)))
    return { name, scopes: found.length === 0 ? NOTHING : new Set(found.flatMap(({ scopes }) => scopes)) }
  }
}

/** The common names and the alternative ones. */
export function namesOf({
  subject,
  subjectaltname = '',
}: Pick<PeerCertificate, 'subject' | 'subjectaltname'>): readonly string[] {
  const common: unknown = subject.CN
  const names = (Array.isArray(common) ? common : [common]).filter((name) => typeof name === 'string')
  for (const [, value = ''] of subjectaltname.matchAll(ALTERNATIVE)) names.push(unquoted(value))
  return names.filter((name) => name !== '')
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value
  try {
    return String(JSON.parse(value))
  } catch {
    return ''
  }
}

function patternOf(subject: string): RegExp {
  const parts = subject.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'is')
}
