import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createLogger } from '../../src/logging/index.ts'
import { Registry } from '../../src/metrics/index.ts'
import { Alerting } from '../../src/runtime/alerting/alerting.ts'
import { LabelSet, Matcher } from '../../src/series/index.ts'
import type { Fire } from './dispatch-schedule.ts'
import { configText, type HouseAction, type HouseSchedule, type Kill, REPEAT } from './fault-schedule.ts'
import { type Attempt, FaultyReceiver } from './faulty-receiver.ts'
import { leaveLocks, MortalFiles } from './mortal-files.ts'

const BEGIN = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000
const STEP = 250
/** As Prometheus does, who posts says again what fires. */
const POST_MS = 30_000

/** What came of a schedule. */
export interface HouseRun {
  readonly simulation: { readonly attempts: readonly Attempt[] }
  readonly fires: readonly Fire[]
  readonly acknowledged: { readonly group: string; readonly at: number; readonly is: boolean }[]
  /** When a process was there. */
  readonly ups: { readonly from: number; to: number }[]
  readonly kills: number
  /** What the processes said that is not to be said, whatever receivers do. */
  readonly complaints: readonly string[]
  /** Messages that are still to be told, after all. */
  readonly queued: number
}

/** One process after the other on one folder, with a clock that is an argument, receivers that fail, and kills. */
export async function playHouse({ actions, faults, kills }: HouseSchedule): Promise<HouseRun> {
  const house = new FaultHouse(faults, kills)
  await house.open()
  try {
    for (const [i, { afterMs, action }] of actions.entries()) {
      await house.run(house.now + afterMs)
      await house.act(action, i)
    }
    house.heal()
    await house.run(house.now + 4 * REPEAT)
    return house.result()
  } finally {
    await house.close()
  }
}

class FaultHouse {
  now = BEGIN
  readonly #receiver: FaultyReceiver
  readonly #faults: HouseSchedule['faults'][number][]
  #kills: readonly Kill[]
  readonly #fires: Fire[] = []
  readonly #acknowledged: { group: string; at: number; is: boolean }[] = []
  readonly #ups: { from: number; to: number }[] = []
  readonly #complaints: string[] = []
  readonly #ended: Promise<void>[] = []
  #folder = ''
  #alerting: Alerting | undefined
  #files = new MortalFiles(undefined, () => undefined)
  #requests = 0
  #startAt = BEGIN
  #postAt = 0
  #killed = 0

  constructor(faults: HouseSchedule['faults'], kills: readonly Kill[]) {
    this.#faults = [...faults]
    this.#kills = kills
    this.#receiver = new FaultyReceiver({
      now: () => this.now,
      faultOf: () => this.#faults.shift() ?? 'none',
      onAttempt: () => {
        const { death } = this.#kills[0] ?? {}
        if (death?.kind === 'request' && ++this.#requests === death.count) this.#files.die()
      },
    })
  }

  async open(): Promise<void> {
    this.#folder = await mkdtemp(path.join(tmpdir(), 'boxman-faults-'))
    await this.#receiver.open()
    await this.#begin()
  }

  async close(): Promise<void> {
    this.#files.die()
    await Promise.all(this.#ended)
    this.#receiver.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  heal(): void {
    this.#faults.length = 0
    this.#kills = []
    this.#files.spare()
  }

  result(): HouseRun {
    return {
      simulation: { attempts: this.#receiver.attempts },
      fires: this.#fires,
      acknowledged: this.#acknowledged,
      ups: this.#ups,
      kills: this.#killed,
      complaints: this.#complaints,
      queued: this.#alerting?.queued ?? 0,
    }
  }

  async run(until: number): Promise<void> {
    while (this.now < until) {
      this.now = Math.min(this.now + STEP, until)
      if (this.#alerting === undefined && this.now >= this.#startAt) await this.#begin()
      if (this.#receiver.release()) await this.#settle()
      this.#alerting?.tick()
      await this.#settle()
      if (this.now >= this.#postAt) this.#post()
      const up = this.#ups.at(-1)
      if (this.#alerting !== undefined && up !== undefined) up.to = this.now
    }
  }

  async act(action: HouseAction, i: number): Promise<void> {
    const { now } = this
    switch (action.kind) {
      case 'fire': {
        const current = this.#current(action.name)
        if (current === undefined) this.#fires.push({ name: action.name, from: Infinity, to: Infinity, since: now })
        this.#tell(action.name)
        break
      }
      case 'resolve': {
        const current = this.#current(action.name)
        if (current === undefined) break
        current.to = now
        this.#tell(action.name)
        break
      }
      case 'silence': {
        const [alertname = '', n = ''] = action.name.split('/')
        this.#alerting?.setSilence({
          matchers: [new Matcher('alertname', '=', alertname), new Matcher('n', '=', n)],
          startsAt: now,
          endsAt: now + action.forMs,
          createdBy: 'ann',
          comment: `upgrade ${i}`,
        })
        break
      }
      case 'acknowledge':
      case 'unacknowledge':
        this.#acknowledge(action.group, action.kind === 'acknowledge')
        break
      case 'kill':
        if (this.#kills.length > 0) this.#files.die()
    }
    await this.#settle()
  }

  #acknowledge(group: string, is: boolean): void {
    const alerting = this.#alerting
    if (alerting === undefined) return
    const keys = new Set(alerting.groups().map(({ groupKey }) => groupKey))
    const own = [...keys].filter((key) => key.includes(`{alertname="${group}"}`))
    const taken = own.map((key) => (is ? alerting.acknowledge(key, 'ann') : alerting.unacknowledge(key)))
    if (taken.length === 0 || taken.includes(false)) return
    // Who has no answer does not know.
    this.#acknowledged.push({ group, at: this.now, is: is && this.#alerting !== undefined })
  }

  async #begin(): Promise<void> {
    const [kill] = this.#kills
    const death = kill?.death.kind === 'disk' ? kill.death : undefined
    this.#requests = 0
    this.#files = new MortalFiles(death, () => this.#end())
    const files = this.#files
    const url = `${this.#receiver.url}/${this.#receiver.epoch}`
    await writeFile(path.join(this.#folder, 'alertmanager.yml'), configText(url))
    const alerting = await Alerting.open({
      file: 'alertmanager.yml',
      cwd: this.#folder,
      folder: path.join(this.#folder, 'state'),
      files,
      now: () => this.now,
      wallNow: () => this.now,
      metrics: new Registry({ now: () => this.now, monotonicNow: () => this.now }),
      log: createLogger({
        service: 'test',
        now: () => this.now,
        destination: { write: (line: string) => void this.#complaints.push(line) },
      }),
      redact: (text) => text,
      onFault: (error) => this.#complaints.push(String(error)),
      url: () => '',
      logBytes: 4000,
    })
    this.#alerting = alerting
    if (!files.isDead) await alerting.start()
    if (files.isDead) {
      this.#alerting = undefined
      this.#ended.push(alerting.stop())
      return
    }
    this.#ups.push({ from: this.now, to: this.now })
    this.#post()
    await this.#settle()
  }

  /** The process is no more. */
  #end(): void {
    const [kill] = this.#kills
    const alerting = this.#alerting
    this.#alerting = undefined
    this.#receiver.nextEpoch()
    // What is left of it in this process says nothing and ends.
    if (alerting !== undefined) this.#ended.push(alerting.stop())
    this.#killed++
    leaveLocks(path.join(this.#folder, 'state'))
    if (kill === undefined) return
    this.#kills = this.#kills.slice(1)
    this.#startAt = this.now + kill.downMs
    if (!kill.losesPower) return
    this.#files.losePower()
    for (const group of ['X', 'Y']) this.#acknowledged.push({ group, at: this.now, is: false })
    for (const attempt of this.#receiver.attempts) attempt.isKnown = false
  }

  /** Until everything waits for the clock. */
  async #settle(): Promise<void> {
    // What was cut off shows only after a turn.
    for (let quiet = 0; quiet < 3;) {
      const alerting = this.#alerting
      const { held } = this.#receiver
      if (alerting === undefined || (alerting.queued === 0 && held === 0)) break
      quiet = alerting.queued === held ? quiet + 1 : 0
      await new Promise((resolve) => {
        setImmediate(resolve)
      })
    }
    if (this.#alerting !== undefined) this.#receiver.allHeard()
  }

  #current(name: string): Fire | undefined {
    return this.#fires.findLast((fire) => fire.name === name && fire.to === Infinity)
  }

  #post(): void {
    this.#postAt = this.now + POST_MS
    for (const name of new Set(this.#fires.map((fire) => fire.name))) this.#tell(name)
  }

  /** How it stands with an alert: posted until it is known to be heard, as it is again and again. */
  #tell(name: string): void {
    const fire = this.#fires.findLast((one) => one.name === name)
    const alerting = this.#alerting
    if (fire === undefined || alerting === undefined) return
    const [alertname = '', n = ''] = name.split('/')
    alerting.post([
      {
        labels: LabelSet.of({ alertname, n }),
        annotations: LabelSet.EMPTY,
        startsAt: fire.since ?? this.now,
        endsAt: Math.min(fire.to, this.now + HOUR),
      },
    ])
    if (this.#alerting !== undefined && fire.to === Infinity) fire.from = Math.min(fire.from, this.now)
  }
}
