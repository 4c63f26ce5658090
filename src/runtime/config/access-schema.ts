import * as v from 'valibot'
import { isHashed, readHash } from '../admin/access/password.ts'
import { secret } from './secret-schema.ts'
import { type AdminTls, type AdminToken, type AdminUser, SCOPES } from '../admin/access/scope.ts'

const SCOPE_LIST = `scopes of ${SCOPES.join(', ')}`
const SECRET =
  'a token of 8 to 200 letters, digits and -._~+/ (with = at its end), or a list of them; openssl rand -hex 32 makes one'
const TOKEN_LIST = `a list such as [{ token, scopes: ['metrics'], name }], each with a token of 8 to 200 letters, digits and -._~+/ and ${SCOPE_LIST}`
const USER_LIST = `a list such as [{ user, password, scopes: ['read'] }], each with a user without a colon, a password of 8 to 200 characters or a hash such as $scrypt$ln=14,r=8,p=1$SALT$HASH, and ${SCOPE_LIST}`
const TLS = `files such as { cert, key, ca, clientAuth: 'request', allow: [{ subject: 'prometheus', scopes: ['metrics'] }] }: clientAuth (require or request) and allow need ca; ${SCOPE_LIST}`
const HOST_LIST = "a list of host names without ports, such as ['ops.example', '*.svc.example']"
const ORIGIN_LIST = "a list of origins as browsers write them, such as ['https://grafana.example']"

const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(expected), v.regex(pattern, expected))
const some = <const Item extends v.GenericSchema>(item: Item, expected: string) =>
  v.pipe(v.array(item, expected), v.minLength(1, expected), v.maxLength(100, expected))
const scopes = (expected: string) => some(v.picklist(SCOPES, expected), expected)
const token = (expected: string) => matching(/^[\w.~+/-]{8,200}={0,2}$/, expected)
const file = matching(/^[^\0]{1,1000}$/, TLS)

export const TOKEN: v.GenericSchema<string | readonly string[]> = v.union(
  [secret(token(SECRET)), some(secret(token(SECRET)), SECRET)],
  SECRET,
)

export const TOKENS: v.GenericSchema<readonly AdminToken[]> = some(
  v.strictObject(
    {
      token: secret(token(TOKEN_LIST)),
      scopes: scopes(TOKEN_LIST),
      name: v.optional(matching(/^[^\p{Cc}]{1,100}$/u, TOKEN_LIST)),
    },
    TOKEN_LIST,
  ),
  TOKEN_LIST,
)

export const USERS: v.GenericSchema<readonly AdminUser[]> = some(
  v.strictObject(
    {
      user: matching(/^[^:\p{Cc}]{1,100}$/u, USER_LIST),
      password: secret(v.pipe(matching(/^[^\p{Cc}]{8,200}$/u, USER_LIST), v.check(isPassword, USER_LIST))),
      scopes: scopes(USER_LIST),
    },
    USER_LIST,
  ),
  USER_LIST,
)

export const TLS_FILES: v.GenericSchema<AdminTls> = v.pipe(
  v.strictObject(
    {
      cert: file,
      key: file,
      ca: v.optional(file),
      clientAuth: v.optional(v.picklist(['require', 'request'], TLS)),
      allow: v.optional(
        some(v.strictObject({ subject: matching(/^[^\p{Cc}]{1,300}$/u, TLS), scopes: scopes(TLS) }, TLS), TLS),
      ),
    },
    TLS,
  ),
  v.check(({ ca, clientAuth, allow }) => ca !== undefined || (clientAuth === undefined && allow === undefined), TLS),
)

export const HOSTS: v.GenericSchema<readonly string[]> = some(
  matching(/^(?:\*\.)?[\w-]{1,63}(?:\.[\w-]{1,63})*$|^[\da-f:.]*:[\da-f:.]*$/i, HOST_LIST),
  HOST_LIST,
)

export const ORIGINS: v.GenericSchema<readonly string[]> = some(
  v.pipe(v.string(ORIGIN_LIST), v.check(isOrigin, ORIGIN_LIST)),
  ORIGIN_LIST,
)

function isPassword(text: string): boolean {
  return !isHashed(text) || readHash(text) !== undefined
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text
}
