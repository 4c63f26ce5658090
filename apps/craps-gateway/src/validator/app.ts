import { createHash, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  readCertificate,
  readCommitments,
  readContexts,
  readProposal,
  readRound,
  record,
  ShapeError,
} from '../consensus/index.ts'
import type { BetContext, Certificate, Commitment, Proposal, Round, Shape } from '../consensus/index.ts'
import { type Faults, type FaultSettings, NO_FAULTS, readDelay } from './faults.ts'
import type { Outcome, Refusal } from './outcome.ts'
import type { Validator } from './validator.ts'

export interface ValidatorAppOptions {
  readonly validator: Validator
  readonly faults: Faults
  /** Must not return: ends the process. */
  readonly crash: () => never
  /** Before there are routes: to instrument it. */
  readonly prepare?: (app: FastifyInstance) => void
  /** Told of each proposal's outcome, with the traces of its bets; a refusal has its reason. */
  readonly onValidated?: (proposal: Proposal, contexts: readonly BetContext[], refusal: string | undefined) => void
  /** When set, asked for as a bearer token by everything but /health. */
  readonly token?: string
}

/** A list of 64 parties, twice over, with its parent, and the contexts of 256 bets at their longest. */
const BODY_LIMIT_BYTES = 384 * 1024

/** 409: it clashes with what this validator did or knows. 422: it is wrong in itself. */
const STATUS: Readonly<Record<Refusal, 409 | 422>> = {
  'bad-list': 422,
  'bad-reveal': 422,
  'bad-dice': 422,
  'bad-parent': 422,
  'bad-time': 422,
  'not-listed': 422,
  'wrong-height': 409,
  'wrong-parent': 409,
  'stale-attempt': 409,
  'already-revealed': 409,
  'already-signed': 409,
  'too-soon': 409,
  'unknown-round': 409,
  'bets-changed': 409,
  fork: 409,
  'too-many-tables': 409,
}

const parent = { parent: readCertificate }
const readCommit = record<{ round: Round }, { parent: Certificate }>({ round: readRound }, parent)
const readReveal = record<{ round: Round; commitments: readonly Commitment[] }>({
  round: readRound,
  commitments: readCommitments,
})
const readPropose = record<{ proposal: Proposal }, { parent: Certificate; contexts: readonly BetContext[] }>(
  { proposal: readProposal },
  { ...parent, contexts: readContexts },
)

const share: Shape<number> = (value, at = '$') => {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new ShapeError(`${at} must be a number of 0 to 1`)
}
const delay: Shape<FaultSettings['delayMs']> = (value, at = '$') => {
  const read = readDelay(String(value))
  if (read !== undefined) return read
  throw new ShapeError(`${at} must be like 50 or "50-400", and at most 60000 milliseconds`)
}
const readFaults = record<object, Pick<FaultSettings, 'delayMs' | 'delayShare' | 'refuseShare'>>(
  {},
  { delayMs: delay, delayShare: share, refuseShare: share },
)

export function createValidatorApp(options: ValidatorAppOptions): FastifyInstance {
  const { validator, faults, crash, token, onValidated = () => {}, prepare = () => {} } = options
  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES })
  prepare(app)

  app.setErrorHandler(async (error: Error & { readonly statusCode?: number }, _request, reply) => {
    const status = error instanceof ShapeError ? 400 : (error.statusCode ?? 500)
    const reason = status < 500 ? 'malformed' : 'internal'
    return reply.code(status).send({ reason, detail: status < 500 ? error.message : 'see the log of the validator' })
  })
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ reason: 'not-found' }))

  // A connection that was busy when the closing began would else stay open, and hold up the end.
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })

  app.get('/health', async () => ({
    status: 'ok',
    name: validator.name,
    tables: validator.tables,
    stats: validator.stats,
  }))

  const guard = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (token === undefined || isBearer(request, token)) return undefined
    return reply.code(401).send({ reason: 'unauthorized', detail: 'a bearer token is needed' })
  }

  // So that faults come and go while it runs; they do not hold this one up.
  app.put('/faults', { onRequest: guard }, (request, reply) => {
    faults.set({ ...NO_FAULTS, crashAfter: faults.settings.crashAfter, ...readFaults(request.body) })
    return reply.code(204).send()
  })

  // Fastify awaits this plugin before it listens.
  void app.register(async (protocol) => {
    protocol.addHook('onRequest', guard)
    protocol.addHook('preHandler', async () => {
      const delayMs = faults.delayMs()
      if (delayMs > 0) await sleep(delayMs)
    })

    protocol.post('/commit', async (request, reply) => {
      const { round, parent } = readCommit(request.body)
      return answer(reply, validator.commit(round, parent), (commitment) => ({ commitment }))
    })
    protocol.post('/reveal', async (request, reply) => {
      const { round, commitments } = readReveal(request.body)
      if (faults.crashes(validator.stats.signed)) crash()
      return answer(reply, validator.reveal(round, commitments), (secret) => ({ secret }))
    })
    protocol.post('/propose', async (request, reply) => {
      const { proposal, parent, contexts = [] } = readPropose(request.body)
      if (faults.refuses()) {
        onValidated(proposal, contexts, 'refused')
        return reply.code(422).send({ reason: 'refused', detail: 'by VALIDATOR_REFUSE_SHARE' })
      }
      const outcome = validator.propose(proposal, parent)
      onValidated(proposal, contexts, outcome.ok ? undefined : outcome.reason)
      return answer(reply, outcome, (signature) => ({ signature }))
    })
  })

  function answer<T>(reply: FastifyReply, outcome: Outcome<T>, body: (value: T) => object): object {
    if (outcome.ok) return { validator: validator.name, ...body(outcome.value) }
    return reply.code(STATUS[outcome.reason]).send({ reason: outcome.reason, detail: outcome.detail })
  }

  return app
}

/** Compared by hash: neither the token's length nor its beginning shows in the time it takes. */
function isBearer(request: FastifyRequest, token: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(request.headers.authorization ?? ''), hash(`Bearer ${token}`))
}
