export { type BetContext, contextIn, MAX_CONTEXTS, readContexts } from './bet-context.ts'
export { canonicalJson } from './canonical.ts'
export { readCertificate, readValidators, verifyCertificate } from './certificate.ts'
export type { Certificate, CertificateFault, Signature, Validators, Verdict } from './certificate.ts'
export { Committee } from './committee.ts'
export type { CommitteeOptions, Seat, Stage } from './committee.ts'
export type { Rejection, RoundEvent, RoundReport, Timings } from './conversation.ts'
export { faceOf, rollDice } from './dice.ts'
export type { Dice } from './dice.ts'
export { generateKeys, publicKeyText, readPrivateKey, signHash } from './keys.ts'
export type { KeyTexts } from './keys.ts'
export { isMember, MerkleTree } from './merkle.ts'
export type { Membership } from './merkle.ts'
export { leafOf, proofOf, verifyProof } from './proof.ts'
export type { BetProof, BetRecord, ProofFault } from './proof.ts'
export {
  checkProposal,
  commitmentTo,
  GATEWAY,
  GENESIS_HASH,
  isFairList,
  listId,
  proposalHash,
  readCommitments,
  readProposal,
  readRound,
  retryPauseMs,
  roundId,
} from './proposal.ts'
export type { Commitment, Proposal, ProposalFault, Reveal, Round } from './proposal.ts'
export { Proposer } from './round.ts'
export type { ProposerOptions, RoundResult } from './round.ts'
export { record, ShapeError } from './shape.ts'
export type { Shape } from './shape.ts'
