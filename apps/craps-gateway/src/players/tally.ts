import type { Reply } from './client.ts'

/** What the players of one process have done and seen since they came; also the message to the parent. */
export interface PlayersStats {
  readonly players: number
  readonly registered: number
  /** Bets. */
  readonly accepted: number
  /** Requests by status, from 400 on. */
  readonly refused: Readonly<Record<string, number>>
  /** Requests cut off by the player. */
  readonly aborted: number
  /** Requests without an answer. */
  readonly failed: number
  readonly proofsVerified: number
  readonly proofsFailed: number
  /** Given up after a long wait. */
  readonly proofsLate: number
  readonly events: number
  /** Sockets cut off by the player. */
  readonly disconnects: number
  /** Answers that the contract does not allow: a bad request taken, a good one not understood, a fault of the gateway. */
  readonly unexpected: number
  /** The first few of those, and of the failed proofs. */
  readonly complaints: readonly string[]
}

type Count = Exclude<keyof PlayersStats, 'players' | 'refused' | 'complaints'>

const MAX_COMPLAINTS = 10

export class Tally {
  readonly #counts: Record<Count, number> = {
    registered: 0,
    accepted: 0,
    aborted: 0,
    failed: 0,
    proofsVerified: 0,
    proofsFailed: 0,
    proofsLate: 0,
    events: 0,
    disconnects: 0,
    unexpected: 0,
  }
  readonly #refused = new Map<number, number>()
  readonly #complaints: string[] = []

  count(what: Count): void {
    this.#counts[what]++
  }

  complain(text: string): void {
    if (this.#complaints.length < MAX_COMPLAINTS) this.#complaints.push(text.slice(0, 300))
  }

  /** An answer, and the statuses that are right for what was asked. */
  answered(what: string, reply: Reply, wants: readonly number[]): void {
    if (reply.kind === 'failed') {
      this.count('failed')
      return
    }
    const { status, body } = reply
    if (status >= 400) this.#refused.set(status, (this.#refused.get(status) ?? 0) + 1)
    if (wants.includes(status)) return
    this.count('unexpected')
    this.complain(`${what}: HTTP ${status} ${JSON.stringify(body)}`)
  }

  stats(players: number): PlayersStats {
    return {
      players,
      ...this.#counts,
      refused: Object.fromEntries(this.#refused),
      complaints: [...this.#complaints],
    }
  }
}

/** Several processes as one. */
export function addStats(a: PlayersStats, b: PlayersStats): PlayersStats {
  const statuses = new Set([...Object.keys(a.refused), ...Object.keys(b.refused)])
  return {
    players: a.players + b.players,
    registered: a.registered + b.registered,
    accepted: a.accepted + b.accepted,
    refused: Object.fromEntries(
      [...statuses].map((status) => [status, (a.refused[status] ?? 0) + (b.refused[status] ?? 0)]),
    ),
    aborted: a.aborted + b.aborted,
    failed: a.failed + b.failed,
    proofsVerified: a.proofsVerified + b.proofsVerified,
    proofsFailed: a.proofsFailed + b.proofsFailed,
    proofsLate: a.proofsLate + b.proofsLate,
    events: a.events + b.events,
    disconnects: a.disconnects + b.disconnects,
    unexpected: a.unexpected + b.unexpected,
    complaints: [...a.complaints, ...b.complaints].slice(0, MAX_COMPLAINTS),
  }
}

const NOTHING = new Tally().stats(0)

/** Whether a message from elsewhere is what it should be. */
export function isStats(value: unknown): value is PlayersStats {
  if (typeof value !== 'object' || value === null) return false
  const fields: Readonly<Record<string, unknown>> = { ...value }
  return Object.entries(NOTHING).every(([name, each]) => typeof fields[name] === typeof each && fields[name] !== null)
}
