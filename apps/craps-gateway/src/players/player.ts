import type { Tracer } from 'boxman/tracing'
import type { Call, Client, HangUp, Reply } from './client.ts'
import type { Floor } from './floor.ts'
import { anyMischief } from './mischief.ts'
import type { Pace } from './pace.ts'
import { faultOf, type Ticket, type Validators, type Verify } from './proofs.ts'
import { pick, type Random } from './random.ts'
import type { Ended, Followed, Style, Wish } from './style.ts'
import type { Tally } from './tally.ts'

/** Shares of the turns. */
export interface Habits {
  readonly badRequests: number
  readonly hangUps: number
  readonly looks: number
  /** Of the bets taken. */
  readonly proofs: number
}

export const HABITS: Habits = { badRequests: 0.04, hangUps: 0.02, looks: 0.1, proofs: 0.2 }

export interface House {
  readonly client: Client
  readonly floor: Floor
  readonly tally: Tally
  readonly validators: Validators
  readonly verify: Verify
  readonly habits: Habits
  /** Of bets: the trace of each begins with its player. */
  readonly tracer?: Tracer | undefined
}

const HANG_UPS: readonly HangUp[] = ['half-way', 'before-the-answer']
/** Without quorum, or too many at once: not a verdict on what was asked. */
const LATER = [429, 503]
const MAX_UNPROVEN = 4
const MAX_PROOF_TRIES = 20
/** Less than the smallest bet of a table. */
const BROKE = 5

/** One player at one table; a turn is mostly a bet. */
export class Player {
  readonly #name: string
  readonly #tableId: string
  readonly #style: Style
  readonly #random: Random
  readonly #house: House
  #seat: { readonly playerId: string; readonly token: string } | undefined
  #followed: Followed | undefined
  #last: Ended | undefined
  readonly #unproven: { readonly ticket: Ticket; tries: number }[] = []

  constructor(options: { name: string; tableId: string; style: Style; random: Random; house: House }) {
    this.#name = options.name
    this.#tableId = options.tableId
    this.#style = options.style
    this.#random = options.random
    this.#house = options.house
  }

  async turn(): Promise<Pace> {
    if (this.#seat === undefined) return await this.#register()
    const { habits, floor } = this.#house
    const mood = this.#style.isOrderly ? 1 : this.#random()
    if (mood < habits.badRequests) return await this.#misbehave()
    if (mood < habits.badRequests + habits.hangUps) return await this.#hangUp()
    if (mood < habits.badRequests + habits.hangUps + habits.looks) await floor.look(this.#tableId)
    // Nothing may come before a bet that is due to the millisecond.
    if (this.#style.isExact) return await this.#bet()
    return (await this.#checkProof()) ?? (await this.#follow()) ?? (await this.#bet())
  }

  async #register(): Promise<Pace> {
    const { client, tally } = this.#house
    const reply = await client.send({ method: 'POST', path: '/players', body: JSON.stringify({ name: this.#name }) })
    tally.answered('registering', reply, [201, ...LATER])
    if (reply.kind === 'failed' || reply.status !== 201) return 'backs-off'
    const { playerId, token } = reply.body
    if (typeof playerId !== 'string' || typeof token !== 'string') return 'backs-off'
    this.#leave()
    this.#seat = { playerId, token }
    tally.count('registered')
    return 'soon'
  }

  #leave(): void {
    this.#seat = undefined
    this.#followed = undefined
    this.#last = undefined
    this.#unproven.length = 0
  }

  async #misbehave(): Promise<Pace> {
    const { name, path, body, hasToken, wants } = anyMischief(this.#tableId, this.#random)
    const token = hasToken ? this.#seat?.token : undefined
    const reply = await this.#house.client.send({ method: 'POST', path, body, token })
    this.#house.tally.answered(`a bad request (${name})`, reply, [...wants, ...LATER])
    return paceAfter(reply)
  }

  async #hangUp(): Promise<Pace> {
    const call = this.#betCall({ kind: 'field', amount: 5 })
    await this.#house.client.hangUp(call, pick(HANG_UPS, this.#random))
    this.#house.tally.count('aborted')
    return 'steady'
  }

  /** Undefined: there is nothing to report, the turn goes on. */
  async #checkProof(): Promise<Pace | undefined> {
    const { client, tally, validators, verify } = this.#house
    const oldest = this.#unproven[0]
    if (oldest === undefined) return undefined
    const path = `/bets/${oldest.ticket.betId}/proof`
    const reply = await client.send({ method: 'GET', path, token: this.#seat?.token })
    tally.answered('a proof', reply, [200, 404, ...LATER])
    if (reply.kind === 'failed' || LATER.includes(reply.status)) return 'backs-off'
    if (reply.status === 200) {
      this.#unproven.shift()
      const fault = faultOf(reply.body, oldest.ticket, validators, verify)
      tally.count(fault === undefined ? 'proofsVerified' : 'proofsFailed')
      if (fault !== undefined) tally.complain(`the proof of ${oldest.ticket.betId}: ${fault}`)
    } else if (reply.body['error'] !== 'proof-pending') {
      this.#unproven.shift()
      tally.count('proofsFailed')
      tally.complain(`the proof of ${oldest.ticket.betId}: HTTP ${reply.status} ${JSON.stringify(reply.body)}`)
    } else if (++oldest.tries >= MAX_PROOF_TRIES) {
      this.#unproven.shift()
      tally.count('proofsLate')
    }
    return undefined
  }

  /** Looks after the bet that is followed; the turn ends with its outcome. */
  async #follow(): Promise<Pace | undefined> {
    if (this.#followed === undefined) return undefined
    const { betId, amount } = this.#followed
    const { client, tally } = this.#house
    const reply = await client.send({ method: 'GET', path: `/bets/${betId}`, token: this.#seat?.token })
    tally.answered('reading a bet', reply, [200, 404, ...LATER])
    if (reply.kind === 'failed' || LATER.includes(reply.status)) return 'backs-off'
    const { status, outcome } = reply.body
    // Until its roll it is not on the table: nothing can be laid behind it.
    if (reply.status === 200 && status === 'pending') return 'soon'
    if (reply.status === 200 && status !== 'settled') return undefined
    this.#followed = undefined
    this.#last = isOutcome(outcome) ? { amount, outcome } : undefined
    return 'steady'
  }

  async #bet(): Promise<Pace> {
    const { client, floor, tally } = this.#house
    const phase = floor.phaseAt(this.#tableId)
    const sight = phase && { phase, followed: this.#followed, last: this.#last }
    const wish = sight && this.#style.next(sight, this.#random)
    if (wish === undefined) return 'soon'
    const reply = await this.#traced(() => client.send(this.#betCall(wish)))
    tally.answered(`a bet (${JSON.stringify(wish)})`, reply, [202, 401, 402, 409, ...LATER])
    if (reply.kind === 'failed') return 'backs-off'
    if (reply.status === 202) return this.#taken(wish, reply.body['betId'])
    if (reply.status === 401) this.#leave()
    if (reply.status === 402) await this.#countMoney()
    return reply.status === 409 ? 'soon' : paceAfter(reply)
  }

  async #traced(send: () => Promise<Reply>): Promise<Reply> {
    const { tracer } = this.#house
    if (tracer === undefined) return await send()
    return await tracer.withSpan(
      'bet',
      async (span) => {
        const reply = await send()
        if (reply.kind === 'failed') span.setStatus('error', reply.detail)
        else span.setAttribute('http.response.status_code', reply.status)
        if (reply.kind === 'answer' && reply.status >= 500) span.setStatus('error')
        return reply
      },
      { kind: 'client', attributes: { 'craps.player': this.#name, 'craps.table': this.#tableId } },
    )
  }

  #taken(wish: Wish, betId: unknown): Pace {
    const { tally, habits } = this.#house
    if (typeof betId !== 'string' || this.#seat === undefined) {
      tally.complain(`a bet was taken without a betId`)
      tally.count('unexpected')
      return 'steady'
    }
    tally.count('accepted')
    const { playerId } = this.#seat
    const isChecked = !this.#style.isExact && this.#random() < habits.proofs
    if (isChecked && this.#unproven.length < MAX_UNPROVEN) {
      this.#unproven.push({ ticket: { ...wish, betId, playerId, tableId: this.#tableId }, tries: 0 })
    }
    if (this.#style.follows.includes(wish.kind)) {
      this.#followed = { betId, kind: wish.kind, amount: wish.amount, hasOdds: false }
      return 'soon'
    }
    if (this.#followed !== undefined) this.#followed = { ...this.#followed, hasOdds: true }
    return 'steady'
  }

  /** Too little for the bet: who has lost everything comes back as someone else, the others begin small again. */
  async #countMoney(): Promise<void> {
    const { client, tally } = this.#house
    const reply = await client.send({ method: 'GET', path: '/players/me', token: this.#seat?.token })
    tally.answered('counting money', reply, [200, 401, ...LATER])
    if (reply.kind === 'failed' || reply.status !== 200) return
    this.#last = undefined
    const { balance, openBets } = reply.body
    if (typeof balance === 'number' && balance < BROKE && openBets === 0) this.#leave()
  }

  #betCall(wish: Wish): Call {
    const path = `/tables/${this.#tableId}/bets`
    return { method: 'POST', path, token: this.#seat?.token, body: JSON.stringify(wish) }
  }
}

function paceAfter(reply: Reply): Pace {
  return reply.kind === 'failed' || reply.status >= 500 || LATER.includes(reply.status) ? 'backs-off' : 'steady'
}

function isOutcome(value: unknown): value is Ended['outcome'] {
  return value === 'win' || value === 'lose' || value === 'push'
}
