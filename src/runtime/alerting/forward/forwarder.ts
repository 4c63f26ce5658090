import type { OutgoingAlert } from '../../../alerting/index.ts'
import type { Logger } from '../../../logging/index.ts'
import type { Registry } from '../../../metrics/index.ts'
import { LabelSet } from '../../../series/index.ts'
import { relabel } from '../../targets/relabel.ts'
import type { RelabelRule } from '../../targets/config/relabel-rule.ts'
import { redactAlert } from '../redact-alert.ts'
import { ForwardMeter } from './forward-meter.ts'
import { ForwardPeer, type ForwardPeerConfig } from './forward-peer.ts'

export interface ForwarderOptions {
  readonly metrics: Registry
  readonly log: Logger
  /** Ms since the epoch. */
  readonly now: () => number
  /** Takes secrets out of what alerts say. */
  readonly redact: (text: string) => string
  /** Where this service's own pages are; empty: nowhere. */
  readonly url: () => string
}

/** Whom alerts are forwarded to, and how they are changed before. */
export interface Forwarding {
  readonly peers: readonly ForwardPeerConfig[]
  /** Of alerts that have none of the name themselves. */
  readonly externalLabels: LabelSet
  readonly relabel: readonly RelabelRule[]
}

const NOBODY: Forwarding = { peers: [], externalLabels: LabelSet.EMPTY, relabel: [] }
const WARN_EVERY_MS = 60_000
/** What a peer that is taken out of the configuration still gets. */
const GONE_MS = 1000
/** Failing is no longer a hiccup. */
const STUCK_MS = 120_000

/** Tells Alertmanagers of the alerts of rules, all of them the same; none waits for another. */
export class Forwarder {
  readonly #options: ForwarderOptions
  readonly #meter: ForwardMeter
  readonly #warnedAt = new Map<string, number>()
  #forwarding = NOBODY
  #peers: readonly ForwardPeer[] = []

  constructor(options: ForwarderOptions) {
    this.#options = options
    this.#meter = new ForwardMeter(options.metrics)
  }

  /** Of peers. */
  get size(): number {
    return this.#peers.length
  }

  /** Puts these peers in the place of those that there are; one that stays the same is not disturbed. */
  configure(forwarding: Forwarding): void {
    const before = this.#peers
    const known = new Map(before.map((peer) => [peer.config.identity, peer]))
    const wanted = new Map(forwarding.peers.map((config) => [config.name, config]))
    const next = Array.from(wanted.values(), (config) => known.get(config.identity) ?? this.#peer(config))
    for (const gone of before.filter((peer) => !next.includes(peer))) {
      if (!wanted.has(gone.config.name)) this.#meter.remove(gone.config.name)
      void gone.stop(GONE_MS)
    }
    for (const peer of next) this.#meter.add(peer.config.name, () => peer.size)
    this.#forwarding = forwarding
    this.#peers = next
  }

  /** Takes alerts as rules tell of them, again and again while they fire. @param expr what the rule asks. */
  send(alerts: readonly OutgoingAlert[], expr: string): void {
    if (this.#peers.length === 0) return
    const { redact, url } = this.#options
    const { externalLabels, relabel: rules } = this.#forwarding
    const base = url()
    const generatorURL = base === '' ? '' : `${base}/graph?g0.expr=${escaped(expr)}&g0.tab=1`
    for (const { labels, annotations, startsAt, endsAt, resolved } of alerts) {
      const own = relabelled(LabelSet.of(new Map([...externalLabels, ...labels])), rules)
      if (own === undefined) continue
      const alert = redactAlert({ labels: own, annotations, startsAt, endsAt, generatorURL }, redact)
      for (const peer of this.#peers) {
        const told = relabelled(alert.labels, peer.config.relabel)
        if (told === undefined) continue
        peer.add(told, { labels: told, annotations: alert.annotations, startsAt, endsAt, resolved, generatorURL })
      }
    }
  }

  /** Why nobody is reached, when nobody has been for a while. */
  get fault(): string | undefined {
    const now = this.#options.now()
    const isStuck = (since: number | undefined): boolean => since !== undefined && now - since > STUCK_MS
    if (this.#peers.length === 0 || !this.#peers.every(({ failingSince }) => isStuck(failingSince))) return undefined
    return 'no Alertmanager takes the alerts that are forwarded'
  }

  /** Sends what waits, for so long; never rejects. */
  async stop(deadlineMs: number): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.stop(deadlineMs)))
  }

  #peer(config: ForwardPeerConfig): ForwardPeer {
    const { name } = config
    const { now } = this.#options
    return new ForwardPeer(config, {
      now,
      onSent: (count) => {
        this.#meter.sent(name, count)
        if (this.#warnedAt.delete(name)) this.#options.log.info({ peer: name }, 'An Alertmanager takes alerts again')
      },
      onDropped: (reason, count) => this.#meter.dropped(name, reason, count),
      onFailed: (detail) => {
        this.#meter.failed(name)
        const [at, last] = [now(), this.#warnedAt.get(name)]
        if (last !== undefined && at >= last && at - last < WARN_EVERY_MS) return
        this.#warnedAt.set(name, at)
        this.#options.log.warn({ peer: name, detail }, 'Alerts do not get through to an Alertmanager')
      },
    })
  }
}

function relabelled(labels: LabelSet, rules: readonly RelabelRule[]): LabelSet | undefined {
  if (rules.length === 0) return labels
  const changed = new Map(labels)
  return relabel(changed, rules) && changed.size > 0 ? LabelSet.of(changed) : undefined
}

/** As Go escapes a query. */
function escaped(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}
