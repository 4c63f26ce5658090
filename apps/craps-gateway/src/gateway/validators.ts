import type { CasinoMetrics, ErrorMetrics } from 'boxman/packs'
import { Committee, Proposer, type RoundEvent } from '../consensus/index.ts'
import type { BetTraces } from './bet-traces.ts'
import type { GatewayOptions } from './options.ts'

/** What the validators do, as the gateway's metrics tell it. */
export function observeRounds(
  craps: CasinoMetrics,
  errors: ErrorMetrics,
): (tableId: string, event: RoundEvent) => void {
  const { consensus } = craps
  return (tableId, event) => {
    const at = Date.now()
    switch (event.kind) {
      case 'accepted':
        consensus.proposalAccepted(event.latencyMs)
        return
      case 'rejected': {
        if (event.stage === 'propose') consensus.proposalRejected()
        const message = `${tableId}: ${event.validator} refused to ${event.stage}: ${event.reason}`
        errors.record({ category: 'consensus', severity: 'warning', message, at })
        return
      }
      case 'fork':
        consensus.forked()
        errors.record({ category: 'consensus', message: `${tableId}: fork at height ${event.height}`, at })
        return
      case 'aborted': {
        const message = `${tableId}: attempt ${event.attempt} at height ${event.height} lacks ${event.missing.join(', ')}`
        errors.record({ category: 'consensus', severity: 'warning', message, at })
        return
      }
      case 'timeout':
      case 'unreachable': {
        const message = `${event.validator} at ${event.stage}: ${event.kind === 'timeout' ? 'no answer in time' : event.detail}`
        errors.record({ category: 'network', message, at })
        return
      }
      case 'slow': {
        const message = `${tableId}: ${event.validator} was slow to ${event.stage}`
        errors.record({ category: 'consensus', severity: 'info', message, at })
        return
      }
    }
  }
}

export function createCommittee(options: GatewayOptions, fetch: typeof globalThis.fetch): Committee {
  return new Committee({
    seats: options.validators,
    fetch,
    now: () => performance.now(),
    ...(options.validatorToken !== undefined && { token: options.validatorToken }),
  })
}

export function createProposer(
  tableId: string,
  committee: Committee,
  forkShare: number,
  traces: BetTraces,
  onEvent: (tableId: string, event: RoundEvent) => void,
): Proposer {
  return new Proposer({
    tableId,
    committee,
    now: () => performance.now(),
    wallNow: () => Date.now(),
    forkShare,
    contextsOf: (bets) => traces.contextsOf(bets),
    onEvent: (event) => {
      traces.observe(event)
      onEvent(tableId, event)
    },
  })
}
