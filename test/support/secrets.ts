import fc from 'fast-check'

/** A text with a secret in it, and what of it must never be seen again. */
export interface Planted {
  readonly form: string
  readonly text: string
  readonly secret: string
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const DIGITS = '0123456789'
const ALPHANUMERIC = UPPER + UPPER.toLowerCase() + DIGITS
const BASE64URL = `${ALPHANUMERIC}-_`

const of = (characters: string, length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), minLength: length, maxLength: length })
const joined = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
  fc.tuple(...parts.map((part) => (typeof part === 'string' ? fc.constant(part) : part))).map((all) => all.join(''))
/** One of each class at least, as generators of passwords see to. */
const password = joined(of(UPPER, 3), of(UPPER.toLowerCase(), 5), of(DIGITS, 4), of('!$%*+~^', 1), of(ALPHANUMERIC, 3))
const opaque = joined(of(UPPER, 4), of(DIGITS, 4), of(ALPHANUMERIC, 16))
const base64 = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url')

/** Issuers' first digits, and how many there are in all. */
const ISSUERS = [
  ['4', 16],
  ['4', 13],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['65', 16],
  ['36', 14],
  ['3530', 16],
  ['62', 19],
] as const

export function withCheckDigit(digits: string): string {
  for (const last of DIGITS) if (luhn(digits + last) === 0) return digits + last
  throw new Error('BUG: one of ten digits passes')
}

function luhn(digits: string): number {
  const doubled = Array.from(digits)
    .toReversed()
    .map((digit, i) => (i % 2 === 0 ? Number(digit) : Number(digit) * 2))
  return doubled.reduce((sum, n) => sum + (n > 9 ? n - 9 : n), 0) % 10
}

function grouped(digits: string, separator: string): string {
  const groups = digits.length === 15 ? /^(\d{4})(\d{6})(\d{5})$/ : /(\d{4})(?=\d)/g
  return digits.length === 15
    ? digits.replace(groups, `$1${separator}$2${separator}$3`)
    : digits.replace(groups, `$1${separator}`)
}

const card = fc
  .constantFrom(...ISSUERS)
  .chain(([prefix, length]) => of(DIGITS, length - 1 - prefix.length).map((rest) => withCheckDigit(prefix + rest)))
const jwt = joined(`${base64({ alg: 'HS256', typ: 'JWT' })}.`, of(BASE64URL, 40), '.', of(BASE64URL, 43))
const keyBody = fc.array(of(`${ALPHANUMERIC}+/`, 64), { minLength: 3, maxLength: 6 })
const dashes = '-'.repeat(5)
const pem = (kind: string, body: readonly string[], newline: string): string =>
  [`${dashes}BEGIN ${kind}${dashes}`, ...body, `${dashes}END ${kind}${dashes}`].join(newline)

/** Whatever says by its looks what it is: the whole of it is the secret. */
const TOKENS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'AWS access key': joined('AK', 'IA', of(UPPER + DIGITS, 16)),
  'AWS temporary key': joined('AS', 'IA', of(UPPER + DIGITS, 16)),
  'GitHub token': joined(
    fc.constantFrom('p', 'o', 'u', 's', 'r').map((kind) => `gh${kind}_`),
    of(ALPHANUMERIC, 36),
  ),
  'GitHub fine-grained token': joined('github', '_pat_', of(ALPHANUMERIC, 22), '_', of(ALPHANUMERIC, 40)),
  'GitLab token': joined('glp', 'at-', of(ALPHANUMERIC, 20)),
  'Slack token': joined('xox', fc.constantFrom('b', 'p', 'a'), '-', of(DIGITS, 12), '-', of(ALPHANUMERIC, 24)),
  'Stripe key': joined('sk', '_live_', of(ALPHANUMERIC, 24)),
  'Stripe restricted key': joined('rk', '_test_', of(ALPHANUMERIC, 24)),
  'Stripe webhook secret': joined('whs', 'ec_', of(ALPHANUMERIC, 32)),
  'Twilio key': joined('S', 'K', of('0123456789abcdef', 32)),
  'SendGrid key': joined('S', 'G.', of(BASE64URL, 22), '.', of(BASE64URL, 43)),
  'Google API key': joined('AI', 'za', of(BASE64URL, 35)),
  'Google OAuth token': joined('ya', '29.', of(BASE64URL, 60)),
  'npm token': joined('np', 'm_', of(ALPHANUMERIC, 36)),
  JWT: jwt,
  'JWT, cut off': jwt.map((whole) => whole.slice(0, whole.lastIndexOf('.') + 5)),
  card,
  'card with spaces': card.map((digits) => grouped(digits, ' ')),
  'card with dashes': card.map((digits) => grouped(digits, '-')),
}

/** How texts give a secret its name. */
const NAMED: readonly (readonly [before: string, after: string])[] = [
  ['password=', ''],
  ['Password: ', ''],
  ['PGPASSWORD=', ' psql'],
  ['{"password":"', '"}'],
  ["{ user: 'a', password: '", "' }"],
  ['{\\"password\\":\\"', '\\"}'],
  ['client_secret=', '&grant_type=x'],
  ['GET /cb?access_token=', '&state=1'],
  ['?token=', ''],
  ['api-key: ', ''],
  ['X-Api-Key: ', ', accept: */*'],
  ['{"apiKey": "', '", "b": 1}'],
  ['"private_key": "', '"'],
  ['secret_access_key = ', ''],
  ['Server=db;User Id=sa;Pwd=', ';'],
  ['env["SIGNING_KEY"] = "', '"'],
  ['authorization: Token ', ''],
  ['Authorization: Bearer ', ' accepted'],
  ['Cookie: sid=', '; theme=dark'],
  ['Set-Cookie: sid=', '; Path=/; HttpOnly'],
  ['refreshToken=', ' and more'],
  ['passphrase: "', '"'],
  ['credentials=', ''],
]

/** In a URL, before the host. */
const URLS: readonly (readonly [before: string, after: string])[] = [
  ['postgres://user:', '@db.example:5432/app'],
  ['redis://:', '@cache:6379/0'],
  ['mongodb+srv://root:', '@a.example,b.example/x?w=1'],
  ['connect to amqps://me:', '@mq failed'],
  ['https://user:', '@example.com/?mail=a@b.example'],
]

const planted = (form: string, secret: fc.Arbitrary<string>, before = '', after = ''): fc.Arbitrary<Planted> =>
  secret.map((one) => ({ form, text: before + one + after, secret: one }))

/** One arbitrary for each form. */
export const SECRETS: readonly fc.Arbitrary<Planted>[] = [
  ...Object.entries(TOKENS).flatMap(([form, secret]) => [
    planted(form, secret),
    planted(`${form} in a sentence`, secret, 'refused: ', ' is not known'),
  ]),
  ...NAMED.map(([before, after]) =>
    planted(`${before}...${after}`, before.endsWith(': ') ? opaque : password, before, after),
  ),
  ...URLS.map(([before, after]) => planted(`${before}...${after}`, opaque, before, after)),
  planted('bearer', opaque, 'sent Bearer ', ''),
  planted(
    'basic',
    password.map((one) => Buffer.from(`user:${one}`).toString('base64')),
    'sent basic ',
    ' to it',
  ),
  ...['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'OPENSSH PRIVATE KEY'].map((kind) =>
    keyBody.map((body) => ({ form: kind, text: pem(kind, body, '\n'), secret: body[1] ?? '' })),
  ),
  keyBody.map((body) => ({ form: 'key in a line', text: pem('PRIVATE KEY', body, '\\n'), secret: body[1] ?? '' })),
  keyBody.map((body) => ({
    form: 'key, cut off',
    text: pem('PRIVATE KEY', body, '\n').slice(0, 150),
    secret: (body[0] ?? '').slice(0, 40),
  })),
  keyBody.map((body) => ({
    form: 'key without its begin',
    text: pem('PRIVATE KEY', body.slice(0, 2), '\n').slice(40),
    secret: body[1] ?? '',
  })),
  planted(
    'Slack webhook',
    joined('T', of(UPPER + DIGITS, 8), '/B', of(UPPER + DIGITS, 8), '/', of(ALPHANUMERIC, 24)),
    'https://hooks.slack.com/services/',
  ),
  planted(
    'Telegram bot',
    joined(of('123456789', 9), ':', of(BASE64URL, 35)),
    'https://api.telegram.org/bot',
    '/sendMessage',
  ),
]

/** Names of fields whose values are secrets whatever they are. */
export const SECRET_NAMES: readonly string[] = [
  'password',
  'dbPassword',
  'DB_PASSWORD',
  'user.password',
  'Authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'accessToken',
  'csrf-token',
  'client_secret',
  'clientSecret',
  'X-Api-Key',
  'apikey',
  'private_key_pem',
  'passphrase',
  'signingKey',
  'aws_secret_access_key',
  'credentials',
  'cvv',
]

/** What looks like a secret and is none. */
export const INNOCENT: readonly string[] = [
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  '12345678-1234-4123-8123-123456789012',
  '2026-11-21T12:00:00.123Z',
  '1795262400123 ms since the epoch',
  '1795262400123456789',
  '21.11.2026 12:00:00',
  'prices: 19.99 EUR, 1,234.50 USD, 0.4111111111111111',
  `order 4111111111111112 of 5500000000000005`,
  '+49 1512 3456 7890',
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'the token is expired; ask for a new token',
  'Unexpected token } in JSON at position 4',
  'SyntaxError: Unexpected token: this is no JSON',
  'invalid token: expired',
  'password: must have 8 characters or more',
  'the password is wrong',
  'token=undefined',
  'password: null',
  'a secret ballot, the secretary said',
  'Bearer authentication is needed',
  'basic configuration loaded',
  'tokens_total 17',
  'tokenizer=bpe cookies_accepted=true author=ann',
  'token == other, token => verify, Token::Kind',
  'http://127.0.0.1:9090/metrics?match[]=up&time=1',
  'https://example.com/users/17?mail=ann@example.com',
  'http://host:8080/path?mail=a@b.example',
  'git@github.com:acme/wallet.git',
  'ann@example.com',
  `${dashes}BEGIN CERTIFICATE${dashes}\nMIIBszCCAVmgAwIBAgIUQ==\n${dashes}END CERTIFICATE${dashes}`,
  `${dashes}BEGIN PUBLIC KEY${dashes}\nMFkwEwYHKoZIzj0CAQYI\n${dashes}END PUBLIC KEY${dashes}`,
  'sha512-3p9d3FGQ6bSDBXx5Y2E5k3AcDfqXyJbYH9dOQmQJ6Zg0b6Z2s7m2S6yG3h6m8g==',
  '/tables/:id/rolls/:roll',
  'at Object.<anonymous> (/srv/app/src/token-store.ts:17:12)',
  'casino:table:T7 = open',
  'x-correlation-id: req-2026-000017',
  'ETag: W/"5e15153d-120f"',
  '192.168.100.200:5432, ::1, fe80::1ff:fe23:4567:890a',
  'skipped skeleton-of-a-very-long-component-name',
]
