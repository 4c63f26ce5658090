import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createBoxman } from 'boxman'
import { apiService } from 'boxman/packs'
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express'

const { PORT = '3000', USER_NAME = 'ann', PASSWORD = 'correct horse', WEBHOOK_SECRET = '' } = process.env
const SESSIONS_PER_MINUTE = 20
const MAX_TOKENS = 10_000
const MAX_ADDRESSES = 10_000
const MINUTE_MS = 60_000

if (WEBHOOK_SECRET === '') throw new Error('WEBHOOK_SECRET is not set: webhooks could not be told from forgeries')

const boxman = await createBoxman({ service: 'api-service', version: '0.1.0' })
const security = boxman.use(apiService())
const app = express().disable('x-powered-by')
boxman.instrument.express(app)

const salt = randomBytes(16)
const hashed = (password: string): Buffer => scryptSync(password, salt, 32)
const users = new Map([[USER_NAME, hashed(PASSWORD)]])
const tokens = new Set<string>()

const origin = (request: Request): { source: string; at: number } => ({ source: request.ip ?? '', at: Date.now() })

function refuse(request: Request, response: Response, method: string, reason: string): void {
  security.authenticationFailed({ method, reason, ...origin(request) })
  response.status(401).json({ error: 'not authenticated' })
}

let minute = 0
const attempts = new Map<string, number>()

/** At most so many a minute from one address. */
function limited(request: Request, response: Response, next: NextFunction): void {
  const { source, at } = origin(request)
  if (Math.floor(at / MINUTE_MS) !== minute || attempts.size >= MAX_ADDRESSES) attempts.clear()
  minute = Math.floor(at / MINUTE_MS)
  const count = (attempts.get(source) ?? 0) + 1
  attempts.set(source, count)
  if (count <= SESSIONS_PER_MINUTE) return next()
  security.rateLimited({ limit: 'sessions', source, at })
  response.status(429).set('retry-after', '60').json({ error: 'too many attempts' })
}

const authenticated: RequestHandler = (request, response, next) => {
  const token = /^Bearer (\S+)$/.exec(request.get('authorization') ?? '')?.[1]
  if (token === undefined) return refuse(request, response, 'token', 'missing')
  if (!tokens.has(token)) return refuse(request, response, 'token', 'unknown')
  security.authenticated('token')
  next()
}

app.post('/sessions', limited, express.json({ limit: '1kb' }), (request, response) => {
  const { user, password }: { user?: unknown; password?: unknown } = request.body ?? {}
  if (typeof user !== 'string' || typeof password !== 'string') {
    return void response.status(400).json({ error: 'user and password are to be texts' })
  }
  const known = users.get(user)
  if (known === undefined) return refuse(request, response, 'password', 'unknown_user')
  if (!timingSafeEqual(known, hashed(password))) return refuse(request, response, 'password', 'wrong_password')
  security.authenticated('password')
  const token = randomBytes(24).toString('base64url')
  const [oldest] = tokens
  if (oldest !== undefined && tokens.size >= MAX_TOKENS) tokens.delete(oldest)
  tokens.add(token)
  response.status(201).json({ token })
})

app.get('/orders/:id', authenticated, (request, response) => void response.json({ id: request.params['id'] }))

app.post('/webhooks/payments', express.raw({ type: () => true, limit: '64kb' }), (request, response) => {
  const body: unknown = request.body
  const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0)
  const given = Buffer.from(request.get('x-signature') ?? '', 'hex')
  const wanted = createHmac('sha256', WEBHOOK_SECRET).update(bytes).digest()
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return void response.status(202).end()
  security.signatureInvalid({ method: 'webhook', ...origin(request) })
  response.status(403).json({ error: 'the signature does not fit the body' })
})

app.get('/security/sources', authenticated, (_request, response) => {
  response.json(security.sources.top(10, Date.now()))
})

const server = createServer(app)
server.listen(Number(PORT), '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : PORT
boxman.log.info({ url: `http://127.0.0.1:${port}`, adminUrl: boxman.admin.url }, 'The API is open')

process.once('SIGTERM', () => {
  boxman.drain()
  server.close(() => void boxman.stop())
  server.closeIdleConnections()
})
