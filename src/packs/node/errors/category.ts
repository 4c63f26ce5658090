import { type ErrorCategory, isErrorCategory } from './kinds.ts'
import { chainOf } from './thrown.ts'

/** Undefined: it does not know either. */
export type Classifier = (error: unknown) => ErrorCategory | undefined

type Rule = readonly [category: ErrorCategory, pattern: RegExp]

/** Of node, undici, pg (SQLSTATE), mysql2, SQLite, Fastify. The first that fits. */
const BY_CODE: readonly Rule[] = [
  ['network', /^(?:ECONN\w+|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_\w+|EHOST\w+|ENET\w+|EADDR\w+|EPROTO|ESOCKET\w*)$/],
  ['network', /^(?:UND_ERR_|ERR_SOCKET_|ERR_HTTP2_|ERR_TLS_|ERR_SSL_|HPE_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/],
  ['network', /^(?:08\w{3}|57P0[1-3]|PROTOCOL_\w+)$/],
  ['security', /^(?:28\w{3}|42501|EBADCSRFTOKEN|ERR_JW\w+|FST_JWT_\w+|ER_ACCESS_DENIED\w*)$/],
  [
    'storage',
    /^(?:ENOENT|ENOSPC|EACCES|EPERM|EIO|EMFILE|ENFILE|EROFS|EISDIR|ENOTDIR|ENOTEMPTY|EEXIST|EDQUOT|EBUSY|EBADF)$/,
  ],
  ['storage', /^(?:SQLITE_\w+|ER_\w+|P[12]\d{3}|(?=\d|[FHPX]0|XX)[0-9A-Z]{5})$/],
  ['validation', /^(?:ERR_INVALID_(?:ARG|URL|CHAR)\w*|ERR_OUT_OF_RANGE|ERR_ASSERTION|FST_ERR_(?:VALIDATION|CTP_)\w*)$/],
]

const BY_NAME: readonly Rule[] = [
  ['validation', /^(?:\w*Validation\w*|ValiError|ZodError|\w*BadRequest\w*|UnprocessableEntity\w*|AssertionError)$/],
  [
    'security',
    /^(?:\w*(?:Unauthori[sz]ed|Forbidden|Authenti|Authori[sz]|Permission|Signature|JsonWebToken|TokenExpired)\w*)$/,
  ],
  ['network', /^(?:\w*(?:Network|Socket|Connect|Timeout|Dns)\w*)$/],
  ['storage', /^(?:\w*(?:Database|Mongo|Prisma|Sequelize|Sql|Redis|Reply|Storage|Disk)\w*)$/i],
  ['consensus', /^(?:\w*(?:Consensus|Quorum|Proposal|Fork)\w*)$/],
  ['gaming', /^(?:\w*(?:Game|Gaming|Bet|Wager|Dice|Roll|Payout)(?:[A-Z]\w*)?)$/],
]

const BY_STATUS: ReadonlyMap<number, ErrorCategory> = new Map([
  [400, 'validation'],
  [401, 'security'],
  [403, 'security'],
  [422, 'validation'],
  [502, 'network'],
  [504, 'network'],
])

/** By what the error says itself (`category`), its code, its name, its status, and then the same of what caused it. */
export const categoryOf = (error: unknown): ErrorCategory => {
  for (const one of chainOf(error)) {
    const category = ownCategory(one)
    if (category !== undefined) return category
  }
  return 'other'
}

function ownCategory(error: unknown): ErrorCategory | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  try {
    const [stated, code, name] = ['category', 'code', 'name'].map((key): unknown => Reflect.get(error, key))
    if (isErrorCategory(stated)) return stated
    const status: unknown = Reflect.get(error, 'status') ?? Reflect.get(error, 'statusCode')
    return (
      matching(BY_CODE, code) ??
      matching(BY_NAME, name) ??
      matching(BY_NAME, error.constructor.name) ??
      (typeof status === 'number' ? BY_STATUS.get(status) : undefined)
    )
  } catch {
    return undefined
  }
}

function matching(rules: readonly Rule[], value: unknown): ErrorCategory | undefined {
  if (typeof value !== 'string' || value.length > 64) return undefined
  return rules.find(([, pattern]) => pattern.test(value))?.[0]
}
