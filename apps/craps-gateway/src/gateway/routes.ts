import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { ErrorMetrics } from 'boxman/packs'
import { pointOf } from '../game/index.ts'
import type { Croupier } from './croupier.ts'
import type { House, PlaceRefusal } from './house.ts'
import type { Account } from './ledger.ts'

export interface RoutesOptions {
  readonly house: House
  readonly errors: ErrorMetrics
  /** What a player needs to check proofs without trusting the gateway. */
  readonly validators: { readonly quorum: number; readonly keys: Readonly<Record<string, string>> }
  readonly identify: (who: { readonly userId: string }) => void
}

/** HTTP status of a refused bet. What is not named here is the player's mistake: 400. */
const STATUS: Partial<Record<PlaceRefusal, number>> = {
  'insufficient-balance': 402,
  'unknown-table': 404,
  'wrong-phase': 409,
  'no-base-bet': 409,
  'above-odds-limit': 409,
  'duplicate-bet': 409,
  'table-full': 429,
  busy: 429,
  'no-quorum': 503,
  draining: 503,
}

const arrivals = new WeakMap<FastifyRequest, number>()

export function createApp(): FastifyInstance {
  return Fastify({ bodyLimit: 16_384, forceCloseConnections: 'idle' })
}

export function addRoutes(app: FastifyInstance, { house, errors, validators, identify }: RoutesOptions): void {
  const fail = (reply: FastifyReply, status: number, error: string, reason: string): FastifyReply => {
    if (status === 400 || status === 413) {
      errors.record({ category: 'validation', message: `${error}: ${reason}`, at: Date.now() })
    } else if (status === 401) {
      errors.record({ category: 'security', severity: 'warning', message: error, at: Date.now() })
    }
    return reply.code(status).send({ error, reason })
  }

  const accountOf = (request: FastifyRequest): Account | undefined => {
    const token = /^Bearer ([\w-]{1,64})$/.exec(request.headers.authorization ?? '')?.[1]
    const account = token === undefined ? undefined : house.ledger.byToken(token)
    if (account !== undefined) identify({ userId: account.playerId })
    return account
  }
  const unauthorized = (reply: FastifyReply): FastifyReply =>
    fail(reply, 401, 'unknown-player', 'send "authorization: Bearer TOKEN" with the token that POST /players gave')

  app.addHook('onRequest', (request, _reply, done) => {
    arrivals.set(request, performance.now())
    done()
  })

  app.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return fail(reply, status, error.code.toLowerCase().replaceAll('_', '-'), error.message)
    errors.record({ category: 'other', message: error.message, at: Date.now() })
    return reply.code(500).send({ error: 'internal', reason: 'the gateway failed; the request was not carried out' })
  })

  app.setNotFoundHandler((request, reply) => fail(reply, 404, 'unknown-path', `${request.method} ${request.url}`))

  app.post('/players', (request, reply) => {
    const name = field(request.body, 'name') ?? 'anonymous'
    if (typeof name !== 'string' || !/^[\w .-]{1,40}$/.test(name)) {
      return fail(reply, 400, 'bad-name', 'name: 1 to 40 letters, digits, spaces or any of _ . -')
    }
    const player = house.ledger.register(name)
    if (player === undefined) return fail(reply, 503, 'house-full', 'no more players are taken')
    const { playerId, balance } = player.account
    return reply.code(201).send({ playerId, token: player.token, balance })
  })

  app.get('/players/me', (request, reply) => {
    const account = accountOf(request)
    if (account === undefined) return unauthorized(reply)
    const { playerId, name, balance, openBets } = account
    return reply.send({ playerId, name, balance, openBets })
  })

  app.post<{ Params: { tableId: string } }>('/tables/:tableId/bets', (request, reply) => {
    const account = accountOf(request)
    if (account === undefined) return unauthorized(reply)
    const { body } = request
    if (typeof body !== 'object' || body === null) return fail(reply, 400, 'bad-shape', 'a bet is a JSON object')
    const receivedAt = arrivals.get(request) ?? performance.now()
    const placed = house.placeBet(account, request.params.tableId, body, receivedAt)
    if (!placed.ok) return fail(reply, STATUS[placed.error] ?? 400, placed.error, placed.reason)
    return reply.code(202).send({ betId: placed.bet.betId, tableId: placed.bet.tableId, receivedAt: Date.now() })
  })

  app.get('/tables', (_request, reply) => reply.send({ tables: Array.from(house.tables.values(), view) }))

  app.get<{ Params: { tableId: string } }>('/tables/:tableId', (request, reply) => {
    const table = house.tables.get(request.params.tableId)
    if (table === undefined) return fail(reply, 404, 'unknown-table', `there is no table ${request.params.tableId}`)
    return reply.send(view(table))
  })

  app.get<{ Params: { betId: string } }>('/bets/:betId', (request, reply) => {
    const status = house.archive.status(request.params.betId)
    if (status === undefined) return fail(reply, 404, 'unknown-bet', `there is no bet ${request.params.betId}`)
    const { kind, ...rest } = status
    return reply.send({ betId: request.params.betId, status: kind, ...rest })
  })

  app.get<{ Params: { betId: string } }>('/bets/:betId/proof', (request, reply) => {
    const proof = house.archive.proof(request.params.betId)
    if (proof === undefined) return fail(reply, 404, 'unknown-bet', `there is no bet ${request.params.betId}`)
    if (proof === 'pending') return fail(reply, 404, 'proof-pending', 'its roll is not final')
    return reply.send(proof)
  })

  app.get('/validators', (_request, reply) => reply.send(validators))
}

function field(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? new Map(Object.entries(body)).get(name) : undefined
}

function view(table: Croupier): object {
  const { state, height, lastDice } = table
  const point = pointOf(state)
  return {
    tableId: table.tableId,
    phase: state.phase.kind,
    ...(point !== undefined && { point }),
    height,
    ...(lastDice !== undefined && { lastRoll: lastDice }),
    openBets: state.bets.length,
    waitingBets: table.waiting,
    rules: state.rules,
    takesBets: table.hasQuorum,
  }
}
