import { canonicalJson } from './canonical.ts'
import { readSignatures, readValidators, verifyCertificate } from './certificate.ts'
import type { Certificate, CertificateFault, Signature, Verdict } from './certificate.ts'
import { isMember } from './merkle.ts'
import type { MerkleTree } from './merkle.ts'
import { MAX_BETS, readProposal, readTableId } from './proposal.ts'
import type { Proposal } from './proposal.ts'
import { integer, list, record, ShapeError, text } from './shape.ts'
import type { Shape } from './shape.ts'

/** A bet as it was submitted: its canonical JSON is a leaf of its round's tree. */
export interface BetRecord {
  readonly betId: string
  readonly playerId: string
  readonly tableId: string
  readonly kind: string
  /** Smallest units. */
  readonly amount: number
  readonly number?: number
}

/** That a bet was placed before the dice were drawn, and what they showed. It needs no trust in who handed it over. */
export interface BetProof {
  readonly bet: BetRecord
  readonly leafIndex: number
  /** Sibling hashes from the leaf to the root, in hex. */
  readonly path: readonly string[]
  /** Holds the bets' root, the commitments, the reveals and the dice. */
  readonly proposal: Proposal
  readonly signatures: readonly Signature[]
}

export type ProofFault = CertificateFault | 'malformed' | 'wrong-table' | 'bad-path'

const id = text(/^.{1,128}$/su)

export const readBet: Shape<BetRecord> = record<Omit<BetRecord, 'number'>, { number: number }>(
  { betId: id, playerId: id, tableId: readTableId, kind: id, amount: integer(1) },
  { number: integer(0) },
)

export const readProof: Shape<BetProof> = record<BetProof>({
  bet: readBet,
  leafIndex: integer(0, MAX_BETS - 1),
  path: list(text(/^[0-9a-f]{64}$/), 16),
  proposal: readProposal,
  signatures: readSignatures,
})

/** Throws ShapeError when the bet has another shape than the one that proofs are made of. */
export const leafOf = (bet: BetRecord): string => canonicalJson(readBet(bet, 'bet'))

export function proofOf(
  { certificate, tree }: { readonly certificate: Certificate; readonly tree: MerkleTree },
  bet: BetRecord,
  leafIndex: number,
): BetProof {
  return { bet, leafIndex, path: tree.path(leafIndex), ...certificate }
}

/**
 * Judges a proof, of whatever shape, by the validators' public keys (name to base64) alone. The dice are derived anew.
 * Throws only on unfit keys or quorum.
 */
export function verifyProof(
  proof: unknown,
  publicKeys: Readonly<Record<string, string>>,
  quorum: number = 3,
): Verdict<ProofFault> {
  const validators = readValidators(publicKeys, quorum)
  let read: BetProof
  try {
    read = readProof(proof, 'proof')
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error
    return { ok: false, reason: 'malformed', detail: error.message }
  }
  const { bet, leafIndex, path, proposal, signatures } = read
  if (bet.tableId !== proposal.tableId) {
    return { ok: false, reason: 'wrong-table', detail: `a bet at ${bet.tableId}, a roll at ${proposal.tableId}` }
  }
  const member = { leaf: leafOf(bet), index: leafIndex, size: proposal.betsCount, path, root: proposal.betsRoot }
  if (!isMember(member)) {
    return { ok: false, reason: 'bad-path', detail: `the bet is not bet ${leafIndex} of those that the roll decided` }
  }
  return verifyCertificate({ proposal, signatures }, validators)
}
