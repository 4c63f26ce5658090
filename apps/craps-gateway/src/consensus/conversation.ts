import type { BetContext } from './bet-context.ts'
import { readSignature } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import type { Answer, Committee, Stage } from './committee.ts'
import { isSignatureOf } from './keys.ts'
import { poll } from './poll.ts'
import { commitmentTo, proposalHash, readCommitment, readParty, readSecret } from './proposal.ts'
import type { Commitment, Proposal, Round } from './proposal.ts'
import { record, ShapeError } from './shape.ts'

export type RoundEvent =
  /** Final, `latencyMs` after the round began. */
  | { readonly kind: 'accepted'; readonly height: number; readonly attempt: number; readonly latencyMs: number }
  | { readonly kind: 'rejected'; readonly validator: string; readonly stage: Stage; readonly reason: string }
  /** It may still answer; the round went on without it. */
  | { readonly kind: 'slow'; readonly validator: string; readonly stage: Stage }
  | { readonly kind: 'timeout'; readonly validator: string; readonly stage: Stage }
  | { readonly kind: 'unreachable'; readonly validator: string; readonly stage: Stage; readonly detail: string }
  /** Secrets were asked for, and these validators did not give theirs. */
  | { readonly kind: 'aborted'; readonly height: number; readonly attempt: number; readonly missing: readonly string[] }
  /** These refused a second proposal for one height. */
  | { readonly kind: 'fork'; readonly height: number; readonly refusedBy: readonly string[] }

export interface Rejection {
  readonly validator: string
  readonly stage: Stage
  readonly reason: string
}

/** Milliseconds. Those of a stage that was gone through several times are sums. */
export interface Timings {
  readonly commitMs: number
  readonly revealMs: number
  readonly proposeMs: number
  readonly totalMs: number
}

/** What was noticed on the way, whatever came of the round. */
export interface RoundReport {
  readonly rejections: readonly Rejection[]
  readonly slow: readonly string[]
  readonly timings: Timings
}

interface Heard<T> {
  readonly good: ReadonlyMap<string, T>
  readonly failed: readonly string[]
}

const readCommitAnswer = record<{ validator: string; commitment: string }>({
  validator: readParty,
  commitment: readCommitment,
})
const readRevealAnswer = record<{ validator: string; secret: string }>({ validator: readParty, secret: readSecret })
const readProposeAnswer = record<{ validator: string; signature: string }>({
  validator: readParty,
  signature: readSignature,
})

/** The gateway's talk with its validators over one round, and what it noticed of them. */
export class Conversation {
  readonly #committee: Committee
  readonly #now: () => number
  readonly #onEvent: (event: RoundEvent) => void
  readonly #begun: number
  readonly #spentMs: Record<Stage, number> = { commit: 0, reveal: 0, propose: 0 }
  readonly #rejections: Rejection[] = []
  readonly #slow = new Set<string>()

  constructor(committee: Committee, now: () => number, onEvent: (event: RoundEvent) => void) {
    this.#committee = committee
    this.#now = now
    this.#onEvent = onEvent
    this.#begun = now()
  }

  report(): RoundReport {
    const { commit: commitMs, reveal: revealMs, propose: proposeMs } = this.#spentMs
    const timings = { commitMs, revealMs, proposeMs, totalMs: this.#now() - this.#begun }
    return { rejections: [...this.#rejections], slow: [...this.#slow], timings }
  }

  commit(
    names: readonly string[],
    round: Round,
    parent: Certificate | undefined,
    softMs: number,
  ): Promise<Heard<string>> {
    return this.#stage('commit', names, JSON.stringify({ round, parent }), {
      read: (name) => (answer) => own(name, readCommitAnswer(answer)).commitment,
      need: this.#committee.validators.quorum,
      softMs,
    })
  }

  /** Everyone whose commitment is listed must open it. */
  reveal(round: Round, list: readonly Commitment[], listed: ReadonlyMap<string, string>): Promise<Heard<string>> {
    return this.#stage('reveal', [...listed.keys()], JSON.stringify({ round, commitments: list }), {
      read: (name) => (answer) => {
        const { secret } = own(name, readRevealAnswer(answer))
        if (commitmentTo(round, name, secret) !== listed.get(name)) throw new ShapeError('another secret')
        return secret
      },
      need: listed.size,
      softMs: 0,
    })
  }

  async propose(
    proposal: Proposal,
    parent: Certificate | undefined,
    wanted: {
      readonly names: readonly string[]
      readonly need: number
      readonly softMs: number
      readonly contexts: readonly BetContext[]
    },
  ): Promise<Heard<string>> {
    const { names, need, softMs, contexts } = wanted
    const hash = proposalHash(proposal)
    const known = this.#rejections.length
    const heard = await this.#stage('propose', names, JSON.stringify({ proposal, parent, contexts }), {
      read: (name) => (answer) => {
        const { signature } = own(name, readProposeAnswer(answer))
        const key = this.#committee.validators.keys.get(name)
        if (key === undefined || !isSignatureOf(signature, hash, key)) throw new ShapeError('no signature of this')
        return signature
      },
      need,
      softMs,
    })
    const refusedBy = this.#rejections.slice(known).filter(({ reason }) => reason === 'fork')
    if (refusedBy.length > 0) {
      this.#onEvent({ kind: 'fork', height: proposal.height, refusedBy: refusedBy.map(({ validator }) => validator) })
    }
    return heard
  }

  async #stage<T>(
    stage: Stage,
    names: readonly string[],
    body: string,
    options: {
      readonly read: (name: string) => (answer: unknown) => T
      readonly need: number
      readonly softMs: number
    },
  ): Promise<Heard<T>> {
    const { read, need, softMs } = options
    const begun = this.#now()
    const answers = await poll(names, (name) => this.#committee.ask(name, stage, body, read(name)), {
      need,
      softMs,
      // A late refusal is moot, as the round went on; a late failure is still a failure of the validator.
      late: (validator, answer) => {
        if (answer.kind === 'timeout' || answer.kind === 'unreachable') this.#note(validator, stage, answer)
      },
    })
    this.#spentMs[stage] += this.#now() - begun
    const good = new Map<string, T>()
    const failed: string[] = []
    for (const [validator, answer] of answers) {
      if (answer.kind === 'ok') {
        good.set(validator, answer.value)
      } else {
        failed.push(validator)
        this.#note(validator, stage, answer)
      }
    }
    for (const validator of names) {
      if (answers.has(validator)) continue
      this.#slow.add(validator)
      this.#onEvent({ kind: 'slow', validator, stage })
    }
    return { good, failed }
  }

  #note(validator: string, stage: Stage, answer: Exclude<Answer<unknown>, { kind: 'ok' }>): void {
    if (answer.kind === 'rejected') this.#rejections.push({ validator, stage, reason: answer.reason })
    this.#onEvent({ validator, stage, ...answer })
  }
}

function own<T extends { readonly validator: string }>(name: string, answer: T): T {
  if (answer.validator !== name) throw new ShapeError(`an answer of ${answer.validator} from ${name}`)
  return answer
}
