import { createHash } from 'node:crypto'
import { digest } from './digest.ts'
import type { Reveal, Round } from './proposal.ts'

export type Dice = readonly [number, number]

/** 252 is the largest multiple of six that a byte holds: the four values above it are drawn again, none counts twice. */
const FAIR_BYTES = 252

export function faceOf(byte: number): number | undefined {
  return byte < FAIR_BYTES ? 1 + (byte % 6) : undefined
}

/** The two dice that these reveals, ordered by party, make of this round. */
export function rollDice(round: Round, reveals: readonly Reveal[]): Dice {
  const seed = digest('craps/dice/1', { round, reveals })
  const faces: number[] = []
  for (let counter = 0; ; counter++) {
    for (const byte of createHash('sha256').update(`${seed}:${counter}`).digest()) {
      const face = faceOf(byte)
      if (face !== undefined) faces.push(face)
      const [first, second] = faces
      if (first !== undefined && second !== undefined) return [first, second]
    }
  }
}
