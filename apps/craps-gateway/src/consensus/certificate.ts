import type { KeyObject } from 'node:crypto'
import { isSignatureOf, readPublicKey } from './keys.ts'
import { checkProposal, GATEWAY, proposalHash, quorumOf, readParty, readProposal } from './proposal.ts'
import type { Electorate, Proposal, ProposalFault } from './proposal.ts'
import { list, record, ShapeError, text } from './shape.ts'
import type { Shape } from './shape.ts'

export interface Signature {
  readonly validator: string
  /** Ed25519 over the proposal's hash, in hex. */
  readonly signature: string
}

/** A final roll: a proposal that a quorum has signed. */
export interface Certificate {
  readonly proposal: Proposal
  readonly signatures: readonly Signature[]
}

export type CertificateFault =
  | ProposalFault
  | 'unknown-validator'
  | 'duplicate-signature'
  | 'bad-signature'
  | 'no-quorum'

export type Verdict<Reason extends string> =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: Reason; readonly detail: string }

export interface Validators extends Electorate {
  readonly keys: ReadonlyMap<string, KeyObject>
}

/** The validators by name, with their public keys in base64. Throws TypeError or RangeError on keys that are none. */
export function readValidators(publicKeys: Readonly<Record<string, string>>, quorum?: number): Validators {
  const keys = new Map<string, KeyObject>()
  for (const [name, key] of Object.entries(publicKeys)) {
    try {
      if (readParty(name) === GATEWAY) throw new ShapeError(`this name is the gateway's`)
      keys.set(name, readPublicKey(key))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new TypeError(`validator ${JSON.stringify(name)}: ${why}`, { cause: error })
    }
  }
  const needed = quorum ?? quorumOf(keys.size)
  if (!(Number.isInteger(needed) && needed >= 1))
    throw new RangeError(`quorum: ${needed} must be an integer of 1 or more`)
  return { keys, names: new Set(keys.keys()), quorum: needed }
}

/** Strict: one signature that is not as it should be condemns the whole, whatever the others are worth. */
export function verifyCertificate(
  { proposal, signatures }: Certificate,
  validators: Validators,
): Verdict<CertificateFault> {
  const fault = checkProposal(proposal, validators)
  if (fault !== undefined) return refuse(fault, FAULTS[fault])
  const hash = proposalHash(proposal)
  const signers = new Set<string>()
  for (const { validator, signature } of signatures) {
    const key = validators.keys.get(validator)
    if (key === undefined) return refuse('unknown-validator', `${validator} is no validator of this game`)
    if (signers.has(validator)) return refuse('duplicate-signature', `${validator} is counted once`)
    if (!isSignatureOf(signature, hash, key))
      return refuse('bad-signature', `${validator} has not signed this proposal`)
    signers.add(validator)
  }
  if (signers.size >= validators.quorum) return { ok: true }
  return refuse('no-quorum', `${signers.size} valid signatures, ${validators.quorum} are needed`)
}

const FAULTS: Readonly<Record<ProposalFault, string>> = {
  'bad-list': 'the commitments must be ordered, of known parties, with the gateway and a quorum of validators',
  'bad-reveal': 'a secret does not open its commitment',
  'bad-dice': 'the dice do not follow from the secrets',
}

function refuse<R extends string>(reason: R, detail: string): Verdict<R> {
  return { ok: false, reason, detail }
}

export const readSignature: Shape<string> = text(/^[0-9a-f]{128}$/)
export const readSignatures: Shape<readonly Signature[]> = list(
  record<Signature>({ validator: readParty, signature: readSignature }),
  64,
)
export const readCertificate: Shape<Certificate> = record<Certificate>({
  proposal: readProposal,
  signatures: readSignatures,
})
