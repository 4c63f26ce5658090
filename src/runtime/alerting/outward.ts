import type { AlertSource, OutgoingAlert, RuleGroupStatus } from '../../alerting/index.ts'
import type { Alerting } from './alerting.ts'
import type { ConfigWatch } from './config-watch.ts'
import type { Forwarder } from './forward/forwarder.ts'
import { EvaluationWatch } from './heartbeat/evaluation-fault.ts'
import { Heartbeat, type HeartbeatOptions } from './heartbeat/heartbeat.ts'

export interface OutwardParts {
  readonly forwarder: Forwarder | undefined
  readonly heartbeat: Omit<HeartbeatOptions, 'fault'> | undefined
  readonly watch: ConfigWatch | undefined
  readonly alerting: () => Alerting | undefined
  readonly groups: () => readonly RuleGroupStatus[]
}

/** What is on its way has so long at the end. */
const STOP_MS = 3000

/** What alerting has to do with the world besides its messages: Alertmanagers, heartbeats, its own file. */
export class Outward {
  readonly #parts: OutwardParts
  readonly #heartbeat: Heartbeat | undefined
  readonly #evaluations = new EvaluationWatch()

  constructor(parts: OutwardParts) {
    this.#parts = parts
    const { heartbeat } = parts
    if (heartbeat !== undefined) this.#heartbeat = new Heartbeat({ ...heartbeat, fault: (at) => this.fault(at) })
  }

  /** Takes alerts as rules tell of them. */
  send(alerts: readonly OutgoingAlert[], { expr }: Pick<AlertSource, 'expr'>): void {
    this.#parts.forwarder?.send(alerts, expr)
  }

  /** To be called every second or so. */
  async step(at: number): Promise<void> {
    this.#heartbeat?.step(at)
    await this.#parts.watch?.step()
  }

  /** What is wrong with the evaluation of rules or the way of alerts; what there is none of is not asked. */
  async fault(at: number): Promise<string | undefined> {
    const { alerting, groups, forwarder } = this.#parts
    return this.#evaluations.fault(groups(), at) ?? forwarder?.fault ?? (await alerting()?.pulse())
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    await this.#heartbeat?.stop()
    await this.#parts.watch?.settled()
    await this.#parts.forwarder?.stop(STOP_MS)
  }
}
