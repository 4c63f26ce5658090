import { askApi, eventually } from './boxman-serve.ts'
import type { Craps } from './craps.ts'

interface RuleAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly state: string
}

export interface LoggedDecision {
  readonly receiver: string
  readonly integration: string | null
  readonly verdict: string
  readonly reason: string
}

/** One `npm start` that is watched by who waits for its alerts. */
export class PagedHouse {
  readonly craps: Craps
  readonly #signal: AbortSignal

  constructor(craps: Craps, signal: AbortSignal) {
    this.craps = craps
    this.#signal = signal
  }

  get admin(): string {
    return this.craps.addresses.admin
  }

  /** Field bets of one player, until so many are taken. */
  async bet(count: number): Promise<void> {
    const { gateway } = this.craps.addresses
    const joined = await fetch(`${gateway}/players`, { method: 'POST' })
    const { token } = (await joined.json()) as { token: string }
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ kind: 'field', amount: 5 })
    for (let taken = 0; taken < count;) {
      const { status } = await fetch(`${gateway}/tables/T1/bets`, { method: 'POST', headers, body })
      if (status === 202) taken++
      this.#signal.throwIfAborted()
    }
  }

  /** Of all validators, from now on. */
  async faults(faults: object): Promise<void> {
    for (const url of this.craps.addresses.validators) {
      const headers = { 'content-type': 'application/json' }
      const response = await fetch(`${url}/faults`, { method: 'PUT', headers, body: JSON.stringify(faults) })
      if (response.status !== 204) throw new Error(`${url}/faults: HTTP ${response.status}`)
    }
  }

  /** As the rules have it. */
  async state(): Promise<string> {
    const { alerts } = await askApi<{ alerts: RuleAlert[] }>(this.admin, 'alerts')
    return alerts.map(({ state, labels }) => `${labels['alertname']} ${state}`).join()
  }

  reaches(state: string): Promise<string> {
    return eventually(
      () => this.state(),
      (found) => found === state,
      this.#signal,
    )
  }

  /** As who tells of them has it. */
  async active(): Promise<readonly { readonly labels: Readonly<Record<string, string>> }[]> {
    return (await (await fetch(`${this.admin}/api/v2/alerts`)).json()) as []
  }

  /** The oldest first. */
  async decisions(): Promise<readonly LoggedDecision[]> {
    const response = await fetch(`${this.admin}/api/alerting/decisions?limit=1000`)
    const { decisions } = (await response.json()) as { decisions: LoggedDecision[] }
    return decisions.toReversed()
  }

  /** Until the log says so often that a receiver took something. */
  async hasTold(verdict: 'sent' | 'escalated', receiver: string, times: number): Promise<void> {
    const count = async (): Promise<number> =>
      (await this.decisions()).filter((each) => each.verdict === verdict && each.receiver === receiver).length
    await eventually(count, (found) => found >= times, this.#signal)
  }

  /** What the rules have stored: `[seconds, value]`. */
  async stored(series: string): Promise<readonly (readonly [number, string])[]> {
    const query = encodeURIComponent(`${series}[10m]`)
    const { result } = await askApi<{ result: { values: [number, string][] }[] }>(this.admin, `query?query=${query}`)
    return result.flatMap(({ values }) => values)
  }

  /** The rules have been looked at so often since. */
  async evaluations(count: number): Promise<void> {
    const evaluated = async (): Promise<number> => {
      const [, found] = /^boxman_alerting_evaluations_total(?:\{.*\})? (\d+)/m.exec(await this.craps.page()) ?? []
      return Number(found)
    }
    const before = await evaluated()
    await eventually(evaluated, (found) => found >= before + count, this.#signal)
  }

  /** kill -9 of the process with rules and alerting; without it the others end, and the launcher with this code. */
  async kill(): Promise<number | null> {
    process.kill(this.craps.addresses.pids['gateway'] ?? 0, 'SIGKILL')
    return this.craps.launcher.exited
  }
}
