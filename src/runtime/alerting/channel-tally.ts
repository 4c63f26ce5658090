import { explainOutcome, type Outcome } from '../../alerting/index.ts'
import type { ListedChannel } from './door.ts'

type Tally = Pick<ListedChannel, 'delivered' | 'failed' | 'last' | 'goneAt'>

const NOTHING: Tally = { delivered: 0, failed: 0, last: undefined, goneAt: undefined }

/** What became of attempts, by integration: as many as configurations had. */
export class ChannelTally {
  readonly #tallies = new Map<string, Tally>()

  /** @param at ms since the epoch */
  add(integration: string, outcome: Outcome, at: number): void {
    const { delivered, failed, goneAt } = this.of(integration)
    const isDelivered = outcome.kind === 'delivered'
    this.#tallies.set(integration, {
      delivered: delivered + (isDelivered ? 1 : 0),
      failed: failed + (isDelivered ? 0 : 1),
      last: { at, kind: outcome.kind, told: explainOutcome(outcome) },
      goneAt: outcome.kind === 'gone' ? (goneAt ?? at) : goneAt,
    })
  }

  of(integration: string): Tally {
    return this.#tallies.get(integration) ?? NOTHING
  }

  /** Forgets those that the configuration has no more. */
  keep(integrations: ReadonlySet<string>): void {
    for (const key of this.#tallies.keys()) if (!integrations.has(key)) this.#tallies.delete(key)
  }
}
