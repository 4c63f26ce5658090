import { randomUUID } from 'node:crypto'
import type { AlertingConfig, Decision, PostedAlert } from '../../src/alerting/dispatch-types.ts'
import {
  channelStanding,
  createState,
  type DispatchConfig,
  type DispatchEffect,
  type DispatchEvent,
  type DispatchState,
  escalationStanding,
  inhibitor,
  type KnownAlert,
  type SilenceDraft,
  silencesOf,
  silenceState,
  step,
} from '../../src/alerting/machine/index.ts'
import type {
  AlertingDoor,
  DecisionSearch,
  ListedAlert,
  ListedChannel,
  ListedGroup,
  ListedSilence,
  SilenceSet,
  TestedChannel,
} from '../../src/runtime/alerting/door.ts'

/** Alerting in memory: the machine with receivers that take everything, by whatever clock. */
export class MachineDoor implements AlertingDoor {
  readonly version = 0
  readonly startedAt: number
  readonly configText: string
  readonly #dispatch: DispatchConfig
  readonly #now: () => number
  readonly #state: DispatchState = createState()
  readonly #decisions: Decision[] = []

  constructor(dispatch: DispatchConfig, configText: string, now: () => number) {
    this.#dispatch = dispatch
    this.configText = configText
    this.#now = now
    this.startedAt = now()
    this.#send({ kind: 'started' })
  }

  get config(): AlertingConfig {
    return this.#dispatch.alerting
  }

  post(alerts: readonly PostedAlert[]): readonly string[] {
    return refusals(this.#send({ kind: 'alerts', alerts }))
  }

  alerts(): readonly ListedAlert[] {
    this.tick()
    return Array.from(this.#state.alerts.values(), (alert) => this.#listed(alert))
  }

  groups(): readonly ListedGroup[] {
    this.tick()
    return Array.from(this.#state.groups.values(), ({ labels, key, route, members, sorted }) => ({
      labels,
      groupKey: key,
      receiver: this.#state.plan?.nodes.get(route)?.receiver.name ?? '',
      alerts: (sorted ?? [...members.values()]).map((alert) => this.#listed(alert)),
      acknowledged: this.#state.logs.get(key)?.acknowledgement,
      escalation: escalationStanding(this.#state, key),
    }))
  }

  channels(): readonly ListedChannel[] {
    return this.config.receivers.flatMap(({ name, integrations }) =>
      integrations.map(({ key, kind, sendResolved }) => ({
        receiver: name,
        integration: key,
        kind,
        sendResolved,
        ...channelStanding(this.#state, key, this.#now()),
        delivered: 0,
        failed: 0,
        last: undefined,
        goneAt: undefined,
      })),
    )
  }

  testChannels(receiver: string, integration?: string): Promise<readonly TestedChannel[] | undefined> {
    const found = this.config.receivers.find(({ name }) => name === receiver)?.integrations
    const wanted = found?.filter(({ key }) => integration === undefined || key === integration)
    if (integration !== undefined && wanted?.length === 0) return Promise.resolve(undefined)
    return Promise.resolve(
      wanted?.map(({ key }) => ({ integration: key, kind: 'delivered', told: 'the beginning was delivered' })),
    )
  }

  silences(): readonly ListedSilence[] {
    const now = this.#now()
    return Array.from(this.#state.silences.values(), (silence) => ({ ...silence, state: silenceState(silence, now) }))
  }

  setSilence(silence: SilenceDraft): SilenceSet {
    const isKnown = silence.id === undefined || this.#state.silences.has(silence.id)
    const effects = this.#send({ kind: 'set-silence', silence, newId: randomUUID() })
    for (const effect of effects) if (effect.kind === 'silence') return { ok: true, id: effect.id }
    return { ok: false, reason: refusals(effects).join('; '), status: isKnown ? 400 : 404 }
  }

  expireSilence(id: string): boolean {
    return refusals(this.#send({ kind: 'expire-silence', id })).length === 0
  }

  acknowledge(of: string, by: string, until?: number): boolean {
    return refusals(this.#send({ kind: 'acknowledge', of, by, until })).length === 0
  }

  unacknowledge(of: string, by = 'somebody'): boolean {
    return refusals(this.#send({ kind: 'unacknowledge', of, by })).length === 0
  }

  decisions({
    fingerprint,
    receiver,
    groupKey,
    verdict,
    from,
    to,
    limit = Infinity,
    offset = 0,
    text = '',
  }: DecisionSearch): readonly Decision[] {
    this.tick()
    return this.#decisions
      .filter((each) => fingerprint === undefined || each.fingerprints.includes(fingerprint))
      .filter((each) => receiver === undefined || each.receiver === receiver)
      .filter((each) => groupKey === undefined || each.groupKey === groupKey)
      .filter((each) => verdict === undefined || each.verdict === verdict)
      .filter(({ at }) => at >= (from ?? -Infinity) && at <= (to ?? Infinity))
      .filter((each) => JSON.stringify(each).toLowerCase().includes(text.toLowerCase()))
      .toReversed()
      .slice(offset, offset + limit)
  }

  reload(): Promise<void> {
    return Promise.resolve()
  }

  tick(): void {
    this.#send({ kind: 'tick' })
  }

  stop(): Promise<void> {
    return Promise.resolve()
  }

  #listed(alert: KnownAlert): ListedAlert {
    const now = this.#now()
    const silencedBy = silencesOf(this.#state, alert, now).map(({ id }) => id)
    const source = inhibitor(this.#state, alert, now)
    const inhibitedBy = source === undefined ? [] : [source.fingerprint]
    const state = silencedBy.length + inhibitedBy.length > 0 ? 'suppressed' : 'active'
    const receivers = (alert.found.places ?? []).map(({ node }) => node.receiver.name)
    return { alert, status: { state, silencedBy, inhibitedBy, mutedBy: [] }, receivers }
  }

  #send(event: DispatchEvent): readonly DispatchEffect[] {
    const { effects } = step(this.#state, event, this.#now(), this.#dispatch)
    for (const effect of effects) {
      if (effect.kind === 'decided') this.#decisions.push(effect.decision)
      if (effect.kind !== 'deliver') continue
      const { integration, notification, attempt } = effect
      this.#send({ kind: 'outcome', integration, id: notification.id, attempt, outcome: { kind: 'delivered' } })
    }
    return effects
  }
}

function refusals(effects: readonly DispatchEffect[]): string[] {
  return effects.flatMap((effect) => (effect.kind === 'refused' ? [effect.reason] : []))
}
