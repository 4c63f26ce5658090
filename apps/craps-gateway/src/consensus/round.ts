import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BetContext } from './bet-context.ts'
import { verifyCertificate } from './certificate.ts'
import type { Certificate } from './certificate.ts'
import type { Committee, Stage } from './committee.ts'
import { Conversation } from './conversation.ts'
import type { RoundEvent, RoundReport } from './conversation.ts'
import { rollDice } from './dice.ts'
import { MerkleTree } from './merkle.ts'
import { leafOf } from './proof.ts'
import type { BetRecord } from './proof.ts'
import { commitmentTo, GATEWAY, GENESIS_HASH, MAX_BETS, proposalHash, readTableId, retryPauseMs } from './proposal.ts'
import type { Proposal, Round } from './proposal.ts'

export type RoundResult =
  | (RoundReport & {
      readonly kind: 'final'
      readonly certificate: Certificate
      readonly bets: readonly BetRecord[]
      /** Of the bets, for `proofOf`. */
      readonly tree: MerkleTree
    })
  | (RoundReport & {
      readonly kind: 'no-quorum'
      /** At `propose` the dice are known and `resume` must finish the roll; before that the bets are free again. */
      readonly stage: Stage
      readonly reason: string
      readonly answered: readonly string[]
    })

export interface ProposerOptions {
  readonly tableId: string
  readonly committee: Committee
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number
  readonly onEvent?: (event: RoundEvent) => void
  /** What the validators are told of the traces that the bets belong to (nothing). */
  readonly contextsOf?: (bets: readonly BetRecord[]) => readonly BetContext[]
  /** The last final roll, when the chain does not begin here. */
  readonly from?: Certificate
  /** With a quorum at hand, how long after a stage's begin the rest are waited for (150 and 50). */
  readonly softMs?: { readonly commit: number; readonly propose: number }
  /** How often one call draws anew after an aborted attempt, and how often it asks for missing signatures (3). */
  readonly tries?: number
  /** The pause after a first aborted attempt; no shorter than that which the validators insist on (250). */
  readonly retryPauseMs?: number
  /** A fault to show: the share of rolls after which a second, conflicting proposal is sent (0). */
  readonly forkShare?: number
  /** 0 to 1, for `forkShare`. */
  readonly random?: () => number
}

/** A roll whose dice are known, and which lacks signatures. */
interface Pending {
  readonly proposal: Proposal
  readonly bets: readonly BetRecord[]
  readonly tree: MerkleTree
  readonly signatures: Map<string, string>
}

type Draw =
  | { readonly kind: 'drawn'; readonly proposal: Proposal }
  | {
      readonly kind: 'failed'
      readonly stage: 'commit' | 'reveal'
      readonly reason: string
      readonly answered: readonly string[]
    }

/** Between two tries to get the missing signatures. */
const PROPOSE_PAUSE_MS = 50
/** One validator that commits and then never tells must not abort every roll. It may sign meanwhile. */
const BENCH_HEIGHTS = 16

/** Drives one table's chain, one round after the other. */
export class Proposer {
  readonly #options: ProposerOptions
  readonly #committee: Committee
  readonly #onEvent: (event: RoundEvent) => void
  readonly #softMs: { readonly commit: number; readonly propose: number }
  readonly #tries: number
  #parent: Certificate | undefined
  /** Who owes a secret, and up to which height it takes no part in the draw. */
  readonly #benched = new Map<string, number>()
  #attempt = 1
  #notBefore = -Infinity
  #pending: Pending | undefined
  #busy = false

  constructor(options: ProposerOptions) {
    const { tableId, committee, from, softMs = { commit: 150, propose: 50 }, tries = 3, forkShare = 0 } = options
    readTableId(tableId, 'tableId')
    if (!(Number.isInteger(tries) && tries >= 1))
      throw new RangeError(`tries: ${tries} must be an integer of 1 or more`)
    if (!(forkShare >= 0 && forkShare <= 1)) throw new RangeError(`forkShare: ${forkShare} must be 0 to 1`)
    if (from !== undefined) {
      if (from.proposal.tableId !== tableId) throw new RangeError(`from: a roll of table ${from.proposal.tableId}`)
      const verdict = verifyCertificate(from, committee.validators)
      if (!verdict.ok) throw new RangeError(`from: ${verdict.reason}: ${verdict.detail}`)
    }
    this.#options = options
    this.#committee = committee
    this.#onEvent = options.onEvent ?? (() => {})
    this.#softMs = softMs
    this.#tries = tries
    this.#parent = from
  }

  /** Of the last final roll; 0 before the first. */
  get height(): number {
    return this.#parent?.proposal.height ?? 0
  }

  /**
   * The bets of a roll that is drawn but not final. Some validators may have signed it, and then sign no other: it must
   * be finished before anything else. It never can be when more validators than one have lost their memory since they
   * told their secrets: as the draw cannot be vouched for, such a table stays closed and its bets are to be paid back.
   */
  get pending(): readonly BetRecord[] | undefined {
    return this.#pending?.bets
  }

  /** A round over these bets. Throws RangeError on bets of another table, and while a roll is pending or under way. */
  async run(bets: readonly BetRecord[]): Promise<RoundResult> {
    const { tableId } = this.#options
    if (this.#pending !== undefined) throw new RangeError(`${tableId}: a roll is pending; finish it with resume()`)
    if (bets.length > MAX_BETS) throw new RangeError(`${tableId}: ${bets.length} bets are more than ${MAX_BETS}`)
    const stray = bets.find((bet) => bet.tableId !== tableId)
    if (stray !== undefined) throw new RangeError(`${tableId}: bet ${stray.betId} is for table ${stray.tableId}`)
    const batch = [...bets]
    const tree = new MerkleTree(batch.map(leafOf))
    return this.#alone(async (talk) => {
      for (let left = this.#tries - 1; ; left--) {
        const draw = await this.#draw(tree, talk)
        if (draw.kind === 'drawn') {
          this.#pending = { proposal: draw.proposal, bets: batch, tree, signatures: new Map() }
          return this.#finish(this.#pending, talk)
        }
        if (draw.stage === 'commit' || left === 0) return { ...talk.report(), ...draw, kind: 'no-quorum' }
      }
    })
  }

  /** Asks again for the signatures that the pending roll lacks. Throws RangeError when none is pending. */
  async resume(): Promise<RoundResult> {
    const pending = this.#pending
    if (pending === undefined) throw new RangeError(`${this.#options.tableId}: no roll is pending`)
    return this.#alone((talk) => this.#finish(pending, talk))
  }

  async #alone(work: (talk: Conversation) => Promise<RoundResult>): Promise<RoundResult> {
    if (this.#busy) throw new RangeError(`${this.#options.tableId}: a round is under way`)
    this.#busy = true
    try {
      return await work(new Conversation(this.#committee, this.#options.now, this.#onEvent))
    } finally {
      this.#busy = false
    }
  }

  async #draw(tree: MerkleTree, talk: Conversation): Promise<Draw> {
    const { tableId, now, wallNow } = this.#options
    const { quorum } = this.#committee.validators
    const pause = this.#notBefore - now()
    if (pause > 0) await sleep(pause)
    const parent = this.#parent
    const round: Round = {
      tableId,
      height: this.height + 1,
      attempt: this.#attempt,
      previousHash: parent === undefined ? GENESIS_HASH : proposalHash(parent.proposal),
      betsRoot: tree.root,
      betsCount: tree.size,
    }
    const secret = randomBytes(32).toString('hex')

    const { good: committed } = await talk.commit(this.#drawers(), round, parent, this.#softMs.commit)
    if (committed.size < quorum) {
      const reason = `${committed.size} commitments, ${quorum} are needed`
      return { kind: 'failed', stage: 'commit', reason, answered: [...committed.keys()] }
    }
    const commitments = [
      { party: GATEWAY, commitment: commitmentTo(round, GATEWAY, secret) },
      ...Array.from(committed, ([party, commitment]) => ({ party, commitment })),
    ].sort(byParty)

    // From here on validators tell their secrets: whatever comes of it, this attempt is not made a second time.
    this.#attempt++
    const { good: revealed, failed: missing } = await talk.reveal(round, commitments, committed)
    if (revealed.size < committed.size) {
      for (const name of missing) this.#benched.set(name, round.height + BENCH_HEIGHTS)
      this.#notBefore = now() + retryPauseMs(round.attempt, this.#options.retryPauseMs)
      this.#onEvent({ kind: 'aborted', height: round.height, attempt: round.attempt, missing })
      const reason = `no secret from ${missing.join(', ')}`
      return { kind: 'failed', stage: 'reveal', reason, answered: [...revealed.keys()] }
    }
    const reveals = [
      { party: GATEWAY, secret },
      ...Array.from(revealed, ([party, secret]) => ({ party, secret })),
    ].sort(byParty)
    const ts = Math.max(Math.trunc(wallNow()), parent?.proposal.ts ?? 0)
    return { kind: 'drawn', proposal: { ...round, commitments, reveals, dice: rollDice(round, reveals), ts } }
  }

  #drawers(): readonly string[] {
    const available = this.#committee.available()
    const trusted = available.filter((name) => (this.#benched.get(name) ?? 0) <= this.height)
    return trusted.length >= this.#committee.validators.quorum ? trusted : available
  }

  async #finish({ proposal, signatures, bets, tree }: Pending, talk: Conversation): Promise<RoundResult> {
    const { quorum } = this.#committee.validators
    for (let asked = 0; signatures.size < quorum; asked++) {
      if (asked === this.#tries) {
        const reason = `${signatures.size} signatures, ${quorum} are needed`
        return { ...talk.report(), kind: 'no-quorum', stage: 'propose', reason, answered: [...signatures.keys()] }
      }
      if (asked > 0) await sleep(PROPOSE_PAUSE_MS)
      const names = this.#committee.available().filter((name) => !signatures.has(name))
      const contexts = this.#options.contextsOf?.(bets) ?? []
      const wanted = { names, need: quorum - signatures.size, softMs: this.#softMs.propose, contexts }
      const { good: signed } = await talk.propose(proposal, this.#parent, wanted)
      for (const [name, signature] of signed) signatures.set(name, signature)
    }
    const report = talk.report()
    const { height, attempt } = proposal
    this.#onEvent({ kind: 'accepted', height, attempt, latencyMs: report.timings.totalMs })
    await this.#fork(proposal, [...signatures.keys()], talk)
    const ordered = Array.from(signatures, ([validator, signature]) => ({ validator, signature })).sort((a, b) =>
      a.validator < b.validator ? -1 : 1,
    )
    this.#parent = { proposal, signatures: ordered }
    this.#attempt = 1
    this.#notBefore = -Infinity
    this.#pending = undefined
    return { ...report, kind: 'final', certificate: this.#parent, bets, tree }
  }

  /** The fault to show: another proposal for the height that these validators have just signed. */
  async #fork(proposal: Proposal, names: readonly string[], talk: Conversation): Promise<void> {
    const { forkShare = 0, random = Math.random } = this.#options
    if (!(random() < forkShare)) return
    const other = { ...proposal, ts: proposal.ts + 1 }
    await talk.propose(other, this.#parent, { names, need: 0, softMs: this.#softMs.propose, contexts: [] })
  }
}

const byParty = (a: { readonly party: string }, b: { readonly party: string }): number => (a.party < b.party ? -1 : 1)
