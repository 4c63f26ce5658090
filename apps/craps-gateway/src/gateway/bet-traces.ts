import { type CorrelationContext, currentSpan, outgoingHeaders, type Span, type Tracer } from 'boxman/tracing'
import { type BetContext, type BetRecord, contextIn, MAX_CONTEXTS, type RoundEvent } from '../consensus/index.ts'
import type { FinalRoll } from './archive.ts'

const SAMPLED = 0x01

/**
 * The trace of each bet, from the player's request to the proof. One roll decides many bets: it is a trace of its own, to
 * which theirs are linked, and its validators are told of all of them. Without a tracer nothing is traced.
 */
export class BetTraces {
  readonly #tracer: Tracer | undefined
  /** From the placing to the proof, by the bet's id. */
  readonly #proofs = new Map<string, Span>()
  /** The same of a roll, by the roll's own span. */
  readonly #batches = new WeakMap<CorrelationContext, readonly Span[]>()

  constructor(tracer: Tracer | undefined) {
    this.#tracer = tracer
  }

  /** Within the player's request: what it takes to accept the bet. */
  placing<T>(tableId: string, work: () => T): T {
    if (this.#tracer === undefined) return work()
    return this.#tracer.withSpan('place bet', work, { attributes: { 'craps.table': tableId } })
  }

  /** Within the player's request, whose answer comes before the proof: the trace is decided only after that. */
  accepted({ betId, tableId, kind, amount }: BetRecord): void {
    const attributes = { 'craps.bet.id': betId, 'craps.bet.kind': kind, 'craps.bet.amount': amount }
    const span = this.#tracer?.startSpan('prove bet', {
      attributes: { 'craps.table': tableId, ...attributes },
      hold: true,
    })
    if (span !== undefined) this.#proofs.set(betId, span)
  }

  /** A round over these bets. */
  async rolling<T extends { readonly kind: 'final' | 'no-quorum' }>(
    tableId: string,
    bets: readonly BetRecord[],
    round: () => Promise<T>,
  ): Promise<T> {
    if (this.#tracer === undefined) return round()
    const spans = this.#spansOf(bets)
    const play = async (roll: Span): Promise<T> => {
      this.#batches.set(roll, spans)
      const { traceId, spanId } = roll
      for (const span of spans) span.addEvent('rolling').addLink({ traceId, spanId })
      const result = await round()
      if (result.kind === 'no-quorum') roll.setStatus('error', 'no quorum')
      return result
    }
    return this.#tracer.withSpan('roll', play, { attributes: { 'craps.table': tableId, 'craps.bets': bets.length } })
  }

  /** Who validates a roll is told of its bets: of those that are kept first, of others as there is room. */
  contextsOf(bets: readonly BetRecord[]): readonly BetContext[] {
    const spans = this.#spansOf(bets)
    const isKept = (span: Span): boolean => (span.traceFlags & SAMPLED) !== 0
    const told = [...spans.filter(isKept), ...spans.filter((span) => !isKept(span))].slice(0, MAX_CONTEXTS)
    return told.map((span) => contextIn(outgoingHeaders(span)))
  }

  /** Within a roll, or what is left of it: a validator that fails is a failure in the trace of each of its bets. */
  observe(event: RoundEvent): void {
    const roll = currentSpan()
    const spans = (roll && this.#batches.get(roll)) ?? []
    if (event.kind === 'accepted') {
      // What comes after it, such as a fork, is not about these bets.
      if (roll !== undefined) this.#batches.delete(roll)
      return
    }
    if (event.kind !== 'rejected' && event.kind !== 'timeout' && event.kind !== 'unreachable') return
    const reason = event.kind === 'rejected' ? event.reason : event.kind
    for (const parent of spans) {
      const attributes = { 'peer.service': 'craps-validator', 'craps.validator': event.validator, 'error.type': reason }
      const call = this.#tracer?.startSpan(`ask to ${event.stage}`, { parent, kind: 'client', attributes })
      call?.setStatus('error', `${event.validator}: ${reason}`).end()
    }
  }

  /** The proofs of these bets can be fetched; `publish` tells whoever subscribes, and returns to how many it was sent. */
  proven({ certificate, bets }: FinalRoll, publish: () => number): void {
    const spans = this.#spansOf(bets)
    for (const { betId } of bets) this.#proofs.delete(betId)
    const fanOuts = spans.map((parent) =>
      this.#tracer?.startSpan('publish proof', { parent, kind: 'producer', hold: true }),
    )
    const attributes = {
      'craps.height': certificate.proposal.height,
      'craps.signed_by': certificate.signatures.map(({ validator }) => validator),
    }
    for (const span of spans) span.setAttributes(attributes).end()
    const subscribers = publish()
    for (const span of fanOuts) {
      span?.setAttributes({ 'messaging.destination.name': 'proofs', 'craps.subscribers': subscribers }).end()
    }
  }

  #spansOf(bets: readonly BetRecord[]): readonly Span[] {
    return bets.map(({ betId }) => this.#proofs.get(betId)).filter((span) => span !== undefined)
  }
}
