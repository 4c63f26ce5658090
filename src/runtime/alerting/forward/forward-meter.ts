import type { LabelledCounter, LabelledGauge, Registry } from '../../../metrics/index.ts'

/** `full`: newer ones had no room; `refused`: the peer takes them never; `expired`: too late to be true; `stopped`: the end came first. */
export type DropReason = 'full' | 'refused' | 'expired' | 'stopped'

const REASONS: readonly DropReason[] = ['full', 'refused', 'expired', 'stopped']

/** How forwarding fares, as metrics; a peer is known by its address. */
export class ForwardMeter {
  readonly #sent: LabelledCounter<'peer'>
  readonly #dropped: LabelledCounter<'peer' | 'reason'>
  readonly #failures: LabelledCounter<'peer'>
  readonly #queue: LabelledGauge<'peer'>
  readonly #sizes = new Map<string, () => number>()

  constructor(metrics: Registry) {
    this.#sent = metrics.counter({
      name: 'boxman_alerting_forward_sent_total',
      help: 'Alerts that an Alertmanager took, each time anew.',
      labelNames: ['peer'],
    })
    this.#dropped = metrics.counter({
      name: 'boxman_alerting_forward_dropped_total',
      help: 'Alerts that an Alertmanager was not told of, and why.',
      labelNames: ['peer', 'reason'],
    })
    this.#failures = metrics.counter({
      name: 'boxman_alerting_forward_failures_total',
      help: 'Requests to an Alertmanager that failed.',
      labelNames: ['peer'],
    })
    this.#queue = metrics.gauge({
      name: 'boxman_alerting_forward_queue',
      help: 'Alerts that an Alertmanager is still to be told of.',
      labelNames: ['peer'],
      collect: (gauge) => {
        for (const [peer, size] of this.#sizes) gauge.set({ peer }, size())
      },
    })
  }

  /** @param size how many wait. */
  add(peer: string, size: () => number): void {
    this.#sizes.set(peer, size)
    // At zero from the start: the first failure is an increase that `rate` can see.
    this.#sent.labels({ peer })
    this.#failures.labels({ peer })
    for (const reason of REASONS) this.#dropped.labels({ peer, reason })
  }

  remove(peer: string): void {
    this.#sizes.delete(peer)
    for (const metric of [this.#sent, this.#dropped, this.#failures, this.#queue]) metric.remove({ peer })
  }

  sent(peer: string, count: number): void {
    this.#sent.inc({ peer }, count)
  }

  dropped(peer: string, reason: DropReason, count: number): void {
    if (count > 0) this.#dropped.inc({ peer, reason }, count)
  }

  failed(peer: string): void {
    this.#failures.inc({ peer })
  }
}
