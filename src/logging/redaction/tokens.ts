import { Buffer } from 'node:buffer'

/** How an object begins in JSON, in base64. */
const JWT = 'eyJ'
const SHORTEST_HEADER = 11
/** Of a JWT that is encrypted, the second part may be empty; the last may have been cut off. */
const REST_OF_JWT = /\.(?:[\w-]{4,}|\.)[\w.-]*/y
const NO_BASE64 = /[^\w-]|$/g

/**
 * Tokens that say whose they are. No expression here goes over a character more than a few times: each begins with a
 * text of its own, and fails only where what follows is too short.
 */
const TOKENS = new RegExp(
  `(?<![A-Za-z0-9])(?:${[
    String.raw`A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])`, // AWS
    String.raw`gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}`,
    String.raw`glpat-[\w-]{20,}`, // GitLab
    String.raw`xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{15,}`, // Slack
    String.raw`(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/]{16,}={0,2}`, // Stripe
    String.raw`SK[0-9a-f]{32}(?![A-Za-z0-9])`, // Twilio
    String.raw`SG\.[\w-]{16,64}\.[\w-]{16,64}`, // SendGrid
    String.raw`AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}`, // Google
    String.raw`npm_[A-Za-z0-9]{36}`,
    String.raw`sk-[\w-]{20,}`,
  ].join('|')})`,
  'g',
)

/** What comes behind the address is the secret: it lets anybody write there. */
const WEBHOOKS =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot)[\w/:-]{8,}/g
const TELEGRAM = /(?<![A-Za-z0-9])\d{8,10}:[\w-]{35}(?![\w-])/g

const SCHEMES = /(?<![A-Za-z0-9])(bearer|basic)([ \t]{1,4})([\w.~+/-]{12,}={0,2})/gi
/** Prose has no such words: with a digit, or capitals among small letters, or very long. */
const NO_WORD = /\d|[a-z][A-Z]|[._~+/=]./
const LONGEST_WORD = 24

const KEY_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g
const KEY_END = /-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g
const KEY_BODY = /[A-Za-z0-9+/=\\\r\n]/

export function redactJwts(text: string, replacement: string): string {
  let out = ''
  let copied = 0
  let end = 0
  for (let at = text.indexOf(JWT); at >= 0; at = text.indexOf(JWT, at + 1)) {
    if (at < copied || /[A-Za-z0-9]/.test(text.charAt(at - 1))) continue
    if (end <= at) {
      NO_BASE64.lastIndex = at
      end = NO_BASE64.exec(text)?.index ?? text.length
    }
    REST_OF_JWT.lastIndex = end
    if (end - at < SHORTEST_HEADER || !REST_OF_JWT.test(text)) continue
    out += text.slice(copied, at) + replacement
    copied = REST_OF_JWT.lastIndex
  }
  return out + text.slice(copied)
}

export function redactTokens(text: string, replacement: string): string {
  return text
    .replace(WEBHOOKS, (_, address: string) => address + replacement)
    .replace(TOKENS, () => replacement)
    .replace(TELEGRAM, () => replacement)
}

/** `Bearer ...` and `Basic ...`, anywhere. */
export function redactSchemes(text: string, replacement: string): string {
  return text.replace(SCHEMES, (found: string, scheme: string, space: string, credentials: string) => {
    const isSecret =
      scheme.length === 'basic'.length ? isBasic(credentials) : NO_WORD.test(credentials) || isLong(credentials)
    return isSecret ? scheme + space + replacement : found
  })
}

function isLong(word: string): boolean {
  return word.length >= LONGEST_WORD
}

/** Whether it is `user:password` in base64. */
function isBasic(credentials: string): boolean {
  if (NO_WORD.test(credentials) && isLong(credentials)) return true
  return /^[\x20-\x7e\u00a0-\uffff]*:[\x20-\x7e\u00a0-\uffff]*$/.test(
    Buffer.from(credentials, 'base64').toString('utf8'),
  )
}

/** From the first line to the last; to the text's end where that is cut off, and back to its body's begin where the first is. */
export function redactPrivateKeys(text: string, replacement: string): string {
  let out = ''
  let copied = 0
  KEY_BEGIN.lastIndex = 0
  for (let begin = KEY_BEGIN.exec(text); begin !== null; begin = KEY_BEGIN.exec(text)) {
    KEY_END.lastIndex = KEY_BEGIN.lastIndex
    const end = KEY_END.exec(text)
    const to = end === null ? text.length : KEY_END.lastIndex
    out += text.slice(copied, begin.index) + replacement
    copied = KEY_BEGIN.lastIndex = to
  }
  return cutEnds(out + text.slice(copied), replacement)
}

function cutEnds(text: string, replacement: string): string {
  let out = ''
  let copied = 0
  KEY_END.lastIndex = 0
  for (let end = KEY_END.exec(text); end !== null; end = KEY_END.exec(text)) {
    let from = end.index
    while (from > copied && KEY_BODY.test(text.charAt(from - 1))) from--
    out += text.slice(copied, from) + replacement
    copied = KEY_END.lastIndex
  }
  return out + text.slice(copied)
}
