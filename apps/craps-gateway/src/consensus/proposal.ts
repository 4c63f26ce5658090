import { digest } from './digest.ts'
import { rollDice } from './dice.ts'
import type { Dice } from './dice.ts'
import { integer, list, record, ShapeError, text } from './shape.ts'
import type { Shape } from './shape.ts'

/** The gateway's name among the parties; no validator may bear it. */
export const GATEWAY = 'gateway'
/** What the first roll of a table names as its predecessor. */
export const GENESIS_HASH: string = '0'.repeat(64)
/** Bets of one batch. */
export const MAX_BETS = 65_536
const MAX_PARTIES = 65

/** What is fixed before anyone draws: the roll's place in the table's chain and the bets that it decides. */
export interface Round {
  readonly tableId: string
  /** 1, 2, 3, ... */
  readonly height: number
  /**
   * 1, and one more each time that secrets were asked for and the roll was then given up. The gateway hears all secrets
   * first, so it could give up a roll that it dislikes and blame a validator: commit-reveal without a delay function
   * leaves that bias. It is not free. A given-up attempt can never be taken back, the number stands in the signed
   * proposal for every player to see, validators count it, and each makes the table wait twice as long as the one
   * before. A table whose rolls often carry an attempt above 1 without validators crashing is cheating.
   */
  readonly attempt: number
  readonly previousHash: string
  readonly betsRoot: string
  readonly betsCount: number
}

export interface Commitment {
  readonly party: string
  readonly commitment: string
}

export interface Reveal {
  readonly party: string
  /** 32 random bytes in hex. */
  readonly secret: string
}

export interface Proposal extends Round {
  /** Ordered by party. */
  readonly commitments: readonly Commitment[]
  /** Ordered by party, the same ones. */
  readonly reveals: readonly Reveal[]
  readonly dice: Dice
  /** Milliseconds since the epoch. */
  readonly ts: number
}

/** 250 ms, doubled with every attempt of one height, at most 30 s: what a gateway pays for giving up an attempt. */
export function retryPauseMs(attempt: number, firstMs: number = 250): number {
  return Math.min(firstMs * 2 ** (attempt - 1), 30_000)
}

export function roundOf({ tableId, height, attempt, previousHash, betsRoot, betsCount }: Round): Round {
  return { tableId, height, attempt, previousHash, betsRoot, betsCount }
}

export const roundId = (round: Round): string => digest('craps/round/1', roundOf(round))

/** Bound to the round and the party: it opens nothing elsewhere, and a copied one cannot be opened by its copier. */
export function commitmentTo(round: Round, party: string, secret: string): string {
  return digest('craps/commit/1', { round: roundOf(round), party, secret })
}

export const listId = (commitments: readonly Commitment[]): string => digest('craps/list/1', commitments)

/** What validators sign, and what the next roll names as its predecessor. */
export const proposalHash = (proposal: Proposal): string => digest('craps/proposal/1', proposal)

/** Who may sign, and how many must. */
export interface Electorate {
  readonly names: ReadonlySet<string>
  readonly quorum: number
}

/** Of n validators, the number that outvotes a third of liars: 3 of 4. */
export const quorumOf = (validators: number): number => validators - Math.floor((validators - 1) / 3)

export type ProposalFault = 'bad-list' | 'bad-reveal' | 'bad-dice'

/** A list of commitments must be ordered, without repetition, of known parties: the gateway and a quorum at least. */
export function isFairList(commitments: readonly Commitment[], { names, quorum }: Electorate): boolean {
  const parties = commitments.map(({ party }) => party)
  if (!parties.every((party, i) => i === 0 || (parties[i - 1] ?? '') < party)) return false
  const validators = parties.filter((party) => party !== GATEWAY)
  if (validators.length === parties.length) return false
  return validators.length >= quorum && validators.every((party) => names.has(party))
}

/** All that can be told from a proposal alone. */
export function checkProposal(proposal: Proposal, electorate: Electorate): ProposalFault | undefined {
  const { commitments, reveals, dice } = proposal
  if (!isFairList(commitments, electorate)) return 'bad-list'
  if (reveals.length !== commitments.length) return 'bad-reveal'
  for (const [i, { party, secret }] of reveals.entries()) {
    const listed = commitments[i]
    if (listed?.party !== party || listed.commitment !== commitmentTo(proposal, party, secret)) return 'bad-reveal'
  }
  const [first, second] = rollDice(roundOf(proposal), reveals)
  return dice[0] === first && dice[1] === second ? undefined : 'bad-dice'
}

const hash = text(/^[0-9a-f]{64}$/)
export const readParty: Shape<string> = text(/^[a-z][a-z0-9-]{0,31}$/)
export const readTableId: Shape<string> = text(/^[\w.:-]{1,64}$/)

const roundFields = {
  tableId: readTableId,
  height: integer(1),
  attempt: integer(1),
  previousHash: hash,
  betsRoot: hash,
  betsCount: integer(0, MAX_BETS),
}

export const readRound: Shape<Round> = record<Round>(roundFields)
export const readSecret: Shape<string> = hash
export const readCommitment: Shape<string> = hash
export const readCommitments: Shape<readonly Commitment[]> = list(
  record<Commitment>({ party: readParty, commitment: hash }),
  MAX_PARTIES,
)
const faces = list(integer(1, 6), 2)

export const readProposal: Shape<Proposal> = record<Proposal>({
  ...roundFields,
  commitments: readCommitments,
  reveals: list(record<Reveal>({ party: readParty, secret: hash }), MAX_PARTIES),
  dice: (value, at = '$') => {
    const [first, second] = faces(value, at)
    if (first === undefined || second === undefined) throw new ShapeError(`${at} must be two dice`)
    return [first, second]
  },
  ts: integer(0),
})
