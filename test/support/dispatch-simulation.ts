import type { Decision, Notification, Outcome } from '../../src/alerting/dispatch-types.ts'
import {
  createState,
  type DispatchConfig,
  type DispatchEffect,
  type DispatchEvent,
  type DispatchState,
  loadState,
  type SavedState,
  saveState,
  step,
} from '../../src/alerting/machine/index.ts'

/** What a receiver does with a message: `taken` says whether it has it, whatever the sender comes to know. */
export interface Reply {
  readonly outcome: Outcome | 'never'
  readonly taken: boolean
  readonly afterMs: number
}

export interface Attempt {
  readonly at: number
  readonly integration: string
  readonly attempt: number
  readonly taken: boolean
  readonly notification: Notification
}

interface Due {
  readonly at: number
  readonly order: number
  readonly act: () => void
  /** An answer on its way dies with the process. */
  readonly isAnswer: boolean
}

export const OK: Reply = { outcome: { kind: 'delivered' }, taken: true, afterMs: 1 }

export interface SimulationOptions {
  readonly config: DispatchConfig
  readonly reply?: (attempt: Omit<Attempt, 'taken'>) => Reply
  readonly startAt?: number
  readonly seed?: number
  /** How many due things a tick may do. */
  readonly most?: number
  /** Called after every step. */
  readonly watch?: (state: DispatchState, now: number) => void
}

/** The machine with a clock that is only counted, and receivers that are a function. */
export class Simulation {
  now: number
  config: DispatchConfig
  state: DispatchState
  readonly attempts: Attempt[] = []
  readonly decisions: Decision[] = []
  readonly refusals: string[] = []
  readonly silences: string[] = []
  readonly #reply: (attempt: Omit<Attempt, 'taken'>) => Reply
  readonly #most: number | undefined
  readonly #watch: (state: DispatchState, now: number) => void
  #wakeAt: number | undefined
  #due: Due[] = []
  #order = 0

  constructor({ config, reply = () => OK, startAt = 0, seed = 1, most, watch = () => undefined }: SimulationOptions) {
    this.config = config
    this.now = startAt
    this.#reply = reply
    this.#most = most
    this.#watch = watch
    this.state = createState({ seed })
    this.send({ kind: 'started' })
  }

  send(event: DispatchEvent): readonly DispatchEffect[] {
    const { effects } = step(this.state, event, this.now, this.config)
    this.#wakeAt = undefined
    for (const effect of effects) {
      switch (effect.kind) {
        case 'deliver':
          this.#deliver(effect)
          break
        case 'decided':
          this.decisions.push(effect.decision)
          break
        case 'silence':
          this.silences.push(effect.id)
          break
        case 'refused':
          this.refusals.push(effect.reason)
          break
        case 'wake':
          this.#wakeAt = effect.at
          break
      }
    }
    this.#watch(this.state, this.now)
    return effects
  }

  /** Does something at a time to come. */
  at(at: number, act: () => void, isAnswer = false): void {
    this.#due.push({ at, order: this.#order++, act, isAnswer })
    this.#due.sort((a, b) => a.at - b.at || a.order - b.order)
  }

  run(until: number): void {
    for (;;) {
      const [first] = this.#due
      const wakeAt = this.#wakeAt === undefined ? Infinity : Math.max(this.now, this.#wakeAt)
      const at = Math.min(first?.at ?? Infinity, wakeAt)
      if (at > until) break
      this.now = Math.max(this.now, at)
      if (first !== undefined && first.at <= wakeAt) {
        this.#due.shift()
        first.act()
      } else this.send({ kind: 'tick', most: this.#most })
    }
    this.now = until
  }

  /** What a process that is killed leaves behind. */
  save(): SavedState {
    return JSON.parse(JSON.stringify(saveState(this.state))) as SavedState
  }

  /** Goes on with what was saved, as if nothing had happened. */
  reload(): void {
    this.state = loadState(this.save())
  }

  /** The process is killed, and begins anew with what was saved: answers that were on their way are lost. */
  restart(): void {
    const saved = this.save()
    this.#due = this.#due.filter((due) => !due.isAnswer)
    this.state = loadState(saved)
    this.send({ kind: 'started' })
  }

  #deliver({ integration, notification, attempt, deadlineAt }: Extract<DispatchEffect, { kind: 'deliver' }>): void {
    const tried = { at: this.now, integration, attempt, notification }
    const { outcome, taken, afterMs } = this.#reply(tried)
    this.attempts.push({ ...tried, taken })
    const inTime = outcome !== 'never' && this.now + afterMs < deadlineAt
    if (outcome === 'never') return
    const answered: Outcome = inTime ? outcome : { kind: 'temporary', reason: 'no answer in time' }
    const at = inTime ? this.now + afterMs : deadlineAt
    const { id } = notification
    this.at(at, () => this.send({ kind: 'outcome', integration, id, attempt, outcome: answered }), true)
  }
}
