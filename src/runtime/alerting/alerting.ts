import { randomUUID } from 'node:crypto'
import {
  type AlertingConfig,
  type Decision,
  type DispatchConfig,
  type DispatchEffect,
  type DispatchEvent,
  type DispatchState,
  isWithin,
  type Notification,
  onCallAt,
  type PostedAlert,
  type SilenceDraft,
  silenceState,
  step,
} from '../../alerting/index.ts'
import { nodeFiles } from '../../tsdb/index.ts'
import type { AlertingOptions } from './alerting-options.ts'
import { AckTokens } from './api/ack-token.ts'
import { DecisionLog } from './decision-log.ts'
import { Deliveries, type Delivery } from './deliveries.ts'
import { ChannelTally } from './channel-tally.ts'
import type {
  AlertingDoor,
  DecisionSearch,
  ListedAlert,
  ListedChannel,
  ListedGroup,
  ListedSilence,
  SilenceSet,
  TestedChannel,
} from './door.ts'
import { Keeper } from './keeper.ts'
import { linkKey } from './link-key.ts'
import { listedAlerts, listedChannels, listedGroups, listedSilences } from './listing.ts'
import { loadAlerting, type LoadedAlerting } from './load-alerting.ts'
import { MachineClock } from './machine-clock.ts'
import { AlertingMeter } from './publish-alerting.ts'
import { AlertmanagerMeter } from './publish-as-alertmanager.ts'
import { redactAlert } from './redact-alert.ts'
import { testChannels } from './test-channels.ts'
import { Vitals } from './vitals.ts'

/** What a turn does at most, so that it is a short one. */
const MOST_A_TURN = 100
/** It is looked at least so often, whatever the clocks do. */
const LOOK_MS = 1000
/** A link in a message can be used for so long. */
const LINK_MS = 7 * 86_400_000
/** What is under way at the end has so long. */
const GRACE_MS = 4000

/** Whom what is told of alerts: the machine of `boxman/alerting` with a clock, a disk and ways out. */
export class Alerting implements AlertingDoor {
  readonly startedAt: number
  /** Of the links in messages. */
  readonly tokens: AckTokens
  readonly #options: AlertingOptions
  readonly #clock: MachineClock
  readonly #keeper: Keeper
  readonly #decisions: DecisionLog
  readonly #deliveries: Deliveries
  readonly #meter: AlertingMeter
  readonly #asAlertmanager: AlertmanagerMeter | undefined
  readonly #vitals: Vitals
  readonly #state: DispatchState
  readonly #tally = new ChannelTally()
  #loaded: LoadedAlerting
  #dispatch: DispatchConfig
  #version = 0
  #wakeAt: number | undefined
  #timer: NodeJS.Timeout | undefined
  #owed: Delivery[] = []
  /** Of these, how many wait for the disk. */
  #releasing = 0
  #isStarted = false
  #stopping: Promise<void> | undefined

  private constructor(options: AlertingOptions, loaded: LoadedAlerting) {
    const { folder, files = nodeFiles, log, wallNow, now, metrics, logBytes } = options
    this.#options = options
    this.#loaded = loaded
    this.#keeper = new Keeper({ folder, files, log, logBytes })
    const onFault = (error: unknown): void => this.#keeper.fault(error)
    this.#clock = new MachineClock(wallNow, now)
    this.#clock.passed(this.#keeper.recovered.at)
    this.#state = this.#keeper.recovered.state
    this.startedAt = wallNow()
    this.#vitals = new Vitals(now())
    this.tokens = new AckTokens(linkKey(folder, onFault))
    this.#decisions = new DecisionLog({ folder, files, onFault })
    this.#dispatch = this.#dispatchOf(loaded)
    this.#meter = new AlertingMeter(metrics, this.startedAt)
    if (options.isAlertmanager === true) {
      this.#asAlertmanager = new AlertmanagerMeter({
        metrics,
        state: this.#state,
        now: () => this.#clock.now(),
        integrations: loaded.config.receivers.flatMap(({ integrations }) => integrations.map(({ kind }) => kind)),
        isConfigGood: () => this.#meter.isConfigGood,
        configLoadedAt: () => this.#meter.loadedAt,
      })
    }
    this.#deliveries = new Deliveries({
      channelOf: (integration) => this.#loaded.channels.get(integration),
      fill: ({ notification }) => this.#filled(notification),
      onOutcome: (delivery, outcome) => this.#onOutcome(delivery, outcome),
      now: () => this.#clock.now(),
    })
    this.#meter.publish({
      active: () => [...this.#state.alerts.values()].filter(({ overAt }) => overAt > this.#clock.now()).length,
      queue: () => this.queued,
      decisions: () => this.#decisions.stats.decisions,
      diskFailures: () => this.#keeper.stats.failures,
    })
  }

  /** Reads the configuration, and what the folder holds. @throws ConfigError, BoxmanError */
  static async open(options: AlertingOptions): Promise<Alerting> {
    const alerting = new Alerting(options, await loadAlerting(options))
    alerting.#warn()
    return alerting
  }

  get version(): number {
    return this.#version
  }

  get config(): AlertingConfig {
    return this.#loaded.config
  }

  get configText(): string {
    return this.#loaded.shown
  }

  /** Messages that wait for the disk, for their turn or for their answer. */
  get queued(): number {
    return this.#owed.length + this.#releasing + this.#deliveries.size
  }

  /** Why a process to come would not find all that this one knows; undefined: it would. */
  get diskTrouble(): string | undefined {
    return this.#keeper.trouble
  }

  /** From here on it tells. What was on its way when the process before ended is sent again. */
  async start(): Promise<void> {
    this.#dispatch = this.#dispatchOf(this.#loaded)
    await this.#keeper.save(this.#state, this.#dispatch, this.#clock.now())
    this.#isStarted = true
    this.#vitals.turned(this.#options.now())
    this.#step({ kind: 'started' })
    this.#schedule()
  }

  /** @throws Error once it is told to stop: who posts keeps what they have. */
  post(posted: readonly PostedAlert[]): readonly string[] {
    if (this.#stopping !== undefined) throw new Error('alerting has stopped')
    const alerts = posted.map((alert) => redactAlert(alert, this.#options.redact))
    const reasons = this.#step({ kind: 'alerts', alerts }).flatMap((each) =>
      each.kind === 'refused' ? [each.reason] : [],
    )
    this.#meter.posted(alerts.length, reasons.length)
    this.#asAlertmanager?.posted(alerts, reasons.length)
    return reasons
  }

  alerts(): readonly ListedAlert[] {
    return listedAlerts(this.#state, this.#clock.now())
  }

  groups(): readonly ListedGroup[] {
    return listedGroups(this.#state, this.#clock.now())
  }

  channels(): readonly ListedChannel[] {
    return listedChannels(this.#state, this.config, this.#tally, this.#clock.now())
  }

  async testChannels(receiver: string, integration?: string): Promise<readonly TestedChannel[] | undefined> {
    const { config, channels } = this.#loaded
    return testChannels({ config, channels, receiver, integration, at: this.#clock.now() })
  }

  silences(): readonly ListedSilence[] {
    return listedSilences(this.#state, this.#clock.now())
  }

  setSilence(draft: SilenceDraft): SilenceSet {
    const isKnown = draft.id === undefined || draft.id === '' || this.#state.silences.has(draft.id)
    const silence = { ...draft, comment: this.#options.redact(draft.comment) }
    for (const effect of this.#step({ kind: 'set-silence', silence, newId: randomUUID() })) {
      if (effect.kind === 'silence') return { ok: true, id: effect.id }
      if (effect.kind === 'refused') return { ok: false, reason: effect.reason, status: isKnown ? 400 : 404 }
    }
    throw new Error('BUG: a silence was neither set nor refused')
  }

  expireSilence(id: string): boolean {
    const silence = this.#state.silences.get(id)
    if (silence === undefined || silenceState(silence, this.#clock.now()) === 'expired') return false
    return isTaken(this.#step({ kind: 'expire-silence', id }))
  }

  acknowledge(of: string, by: string, until?: number): boolean {
    return isTaken(this.#step({ kind: 'acknowledge', of, by, until }))
  }

  unacknowledge(of: string, by = 'a user'): boolean {
    return isTaken(this.#step({ kind: 'unacknowledge', of, by }))
  }

  decisions(search: DecisionSearch): readonly Decision[] {
    return this.#decisions.search(search)
  }

  async reload(): Promise<void> {
    await (
      await this.prepareReload()
    )()
  }

  /** Whether the last configuration that was read is the one in force. */
  get isConfigGood(): boolean {
    return this.#meter.isConfigGood
  }

  /** Reads the configuration; what is returned puts it in force. @throws ConfigError */
  async prepareReload(): Promise<() => Promise<void>> {
    const loaded = await loadAlerting(this.#options).catch((error: unknown) => {
      this.#meter.refused()
      throw error
    })
    return async () => {
      const before = this.#loaded
      this.#loaded = loaded
      this.#meter.loaded(this.#options.wallNow())
      this.#tally.keep(new Set(loaded.channels.keys()))
      this.#dispatch = this.#dispatchOf(loaded)
      this.#keeper.configured(this.#dispatch)
      this.#step({ kind: 'configured' })
      this.#warn()
      await closeAll(before)
    }
  }

  tick(): void {
    try {
      const at = this.#clock.now()
      if (this.#wakeAt !== undefined && this.#wakeAt <= at) this.#step({ kind: 'tick', most: MOST_A_TURN })
      this.#deliveries.expire()
      this.#keeper.step(this.#state, this.#dispatch, at)
      this.#vitals.turned(this.#options.now())
    } catch (error) {
      this.#options.onFault(error)
    }
    this.#schedule()
  }

  /** Turns once, and sees that it is kept: what keeps alerts from being told of, if anything. @throws what the machine throws. */
  async pulse(): Promise<string | undefined> {
    if (!this.#isStarted) return 'alerting does not run'
    const fault = this.#vitals.fault(this.#options.now())
    if (fault !== undefined) return fault
    this.#step({ kind: 'tick', most: MOST_A_TURN })
    await this.#keeper.settled()
    if (this.#keeper.trouble !== undefined) return `the state of alerting cannot be kept: ${this.#keeper.trouble}`
    const stuck = this.#deliveries.overdue
    return stuck === undefined ? undefined : `${stuck}: an attempt does not come to its end`
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    const wasStarted = this.#isStarted
    this.#isStarted = false
    clearTimeout(this.#timer)
    await this.#deliveries.stop(GRACE_MS)
    if (wasStarted) await this.#keeper.save(this.#state, this.#dispatch, this.#clock.now())
    this.#decisions.close()
    await closeAll(this.#loaded)
    await this.#keeper.close()
  }

  #step(event: DispatchEvent): readonly DispatchEffect[] {
    const at = this.#clock.now()
    const { effects } = step(this.#state, event, at, this.#dispatch)
    this.#keeper.event(at, event)
    this.#wakeAt = undefined
    if (event.kind !== 'tick' || effects.some(({ kind }) => kind === 'decided')) this.#version++
    for (const effect of effects) {
      if (effect.kind === 'wake') this.#wakeAt = effect.at
      else if (effect.kind === 'decided') this.#decisions.add(effect.decision)
      else if (effect.kind === 'deliver') {
        this.#owed.push(effect)
        this.#asAlertmanager?.began(this.#kindOf(effect.integration), effect)
      }
    }
    if (this.#owed.length > 0 && this.#releasing === 0) void this.#release()
    this.#schedule()
    return effects
  }

  /** Nothing is sent before what says so is stored, if the disk is not slow: then what is sent again has the same id. */
  async #release(): Promise<void> {
    while (this.#owed.length > 0) {
      const ready = this.#owed
      this.#owed = []
      this.#releasing = ready.length
      await this.#keeper.settledSoon()
      for (const delivery of ready) this.#deliveries.add(delivery)
    }
    this.#releasing = 0
  }

  #onOutcome({ integration, notification, attempt }: Delivery, outcome: Parameters<AlertingMeter['outcome']>[1]): void {
    const kind = this.#kindOf(integration)
    this.#meter.outcome(kind, outcome)
    this.#tally.add(integration, outcome, this.#clock.now())
    this.#asAlertmanager?.outcome(kind, notification.id, outcome)
    this.#vitals.outcome(outcome, this.#options.now())
    try {
      this.#step({ kind: 'outcome', integration, id: notification.id, attempt, outcome })
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  #kindOf(integration: string): string {
    return this.#state.plan?.integrations.get(integration)?.integration.kind ?? 'unknown'
  }

  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.#isStarted) return
    const wait = this.#wakeAt === undefined ? LOOK_MS : this.#wakeAt - this.#clock.now()
    this.#timer = setTimeout(() => this.tick(), Math.min(Math.max(wait, 1), LOOK_MS))
    this.#timer.unref()
  }

  #filled(notification: Notification): Notification {
    const { receivers, schedules } = this.#loaded.config
    const named = receivers.find(({ name }) => name === notification.receiver)?.schedule
    const schedule = schedules.find(({ name }) => name === named)
    const acknowledgeURL = this.#acknowledgeUrl(notification)
    return {
      ...notification,
      ...(acknowledgeURL === undefined ? {} : { acknowledgeURL }),
      // As it was when it was decided: attempts differ in nothing.
      ...(schedule === undefined ? {} : { onCall: onCallAt(schedule, notification.at) }),
    }
  }

  #acknowledgeUrl({ groupKey, receiver, at }: Notification): string | undefined {
    const url = this.#options.url()
    if (url === '') return undefined
    return `${url}/alerting/ack?token=${this.tokens.sign({ groupKey, receiver }, at + LINK_MS)}`
  }

  #dispatchOf({ config }: LoadedAlerting): DispatchConfig {
    return { alerting: config, isWithin, externalURL: this.#options.url() }
  }

  #warn(): void {
    for (const warning of this.#loaded.warnings) this.#options.log.warn({ warning }, 'The configuration of alerting')
  }
}

function isTaken(effects: readonly DispatchEffect[]): boolean {
  return effects.every(({ kind }) => kind !== 'refused')
}

async function closeAll({ channels }: LoadedAlerting): Promise<void> {
  await Promise.allSettled(Array.from(channels.values(), async (channel) => channel.close?.()))
}
