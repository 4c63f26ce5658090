import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { BoxmanServe, folderWith } from './boxman-serve.ts'
import { wrongInTheEnd } from './dispatch-faults.ts'
import { type Fire, NAMES } from './dispatch-schedule.ts'
import { type Attempt, type FaultKind, FaultyReceiver } from './faulty-receiver.ts'

// Random schedules for `boxman serve`, by the real clock.

const POST_MS = 500
/** What was answered so long before a kill is written down. */
const KNOWN_MS = 1000
/** When all is mended, all is told within. */
const PATIENCE_MS = 20_000
const QUIET_MS = 1500
const SCALE = 1 / 20

export interface ProcessSchedule {
  readonly actions: readonly {
    readonly afterMs: number
    readonly action: { readonly kind: 'fire' | 'resolve'; readonly name: string } | { readonly kind: 'refuse' }
  }[]
  readonly faults: readonly FaultKind[]
  /** So long after it began to serve, or when so many messages of it have come. */
  readonly kills: readonly ({ readonly afterMs: number } | { readonly count: number })[]
}

const ACTIONS = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('fire', 'fire', 'resolve'), name: fc.constantFrom(...NAMES) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refuse') }) },
) as fc.Arbitrary<ProcessSchedule['actions'][number]['action']>

export function processSchedules(faults: readonly FaultKind[]): fc.Arbitrary<ProcessSchedule> {
  return fc.record({
    actions: fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 800 }), action: ACTIONS }), {
      minLength: 3,
      maxLength: 10,
    }),
    faults: fc.array(fc.constantFrom(...faults), { maxLength: 12 }),
    kills: fc.array(
      fc.oneof(
        fc.record({ afterMs: fc.integer({ min: 0, max: 1500 }) }),
        fc.record({ count: fc.integer({ min: 1, max: 4 }) }),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  })
}

const configText = (url: string): string => `
route:
  receiver: hook
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 500ms
  repeat_interval: 1h
  routes: [{receiver: second, matchers: ['alertname="X"'], continue: true}, {receiver: hook}]
receivers:
- {name: hook, webhook_configs: [{url: '${url}/hook', timeout: 1s}]}
- {name: second, webhook_configs: [{url: '${url}/second', timeout: 1s}]}
`

export interface ProcessRun {
  readonly simulation: { readonly attempts: readonly Attempt[] }
  readonly fires: readonly Fire[]
  readonly acknowledged: []
  readonly ups: []
  /** What fires in the end, and nobody was told of. */
  readonly untold: readonly string[]
  readonly kills: number
}

/** Plays it with real processes; then all is mended, and there is time to tell what is owed. */
export async function playProcess(schedule: ProcessSchedule): Promise<ProcessRun> {
  const service = new KilledService(schedule)
  try {
    await service.open()
    for (const { afterMs, action } of schedule.actions) {
      await sleep(afterMs)
      service.act(action)
    }
    await service.heal()
    return service.run
  } finally {
    await service.close()
  }
}

class KilledService {
  readonly #receiver: FaultyReceiver
  readonly #faults: FaultKind[]
  readonly #fires: Fire[] = []
  readonly #kills: ProcessSchedule['kills'][number][]
  #folder = ''
  #server: BoxmanServe | undefined
  #starting: Promise<void> = Promise.resolve()
  #refusing: Promise<void> = Promise.resolve()
  #requests = 0
  #killed = 0
  #isOver = false
  #posting: Promise<void> = Promise.resolve()
  #releasing: NodeJS.Timeout | undefined
  #killing: NodeJS.Timeout | undefined

  constructor({ faults, kills }: ProcessSchedule) {
    this.#faults = [...faults]
    this.#kills = [...kills]
    this.#receiver = new FaultyReceiver({
      now: Date.now,
      scale: SCALE,
      faultOf: () => this.#faults.shift() ?? 'none',
      onAttempt: () => {
        const [kill] = this.#kills
        if (kill !== undefined && 'count' in kill && ++this.#requests >= kill.count) this.#kill()
      },
    })
  }

  get run(): ProcessRun {
    this.#hear()
    const { attempts } = this.#receiver
    return {
      simulation: { attempts },
      fires: this.#fires,
      acknowledged: [],
      ups: [],
      untold: this.#untold(),
      kills: this.#killed,
    }
  }

  async open(): Promise<void> {
    await this.#receiver.open()
    this.#folder = await folderWith({})
    this.#releasing = setInterval(() => this.#receiver.release(), 10)
    this.#starting = this.#start()
    await this.#starting
    this.#posting = this.#post()
  }

  act(action: ProcessSchedule['actions'][number]['action']): void {
    if (action.kind === 'refuse') {
      this.#refusing = this.#refusing.then(() => this.#receiver.refuse(400))
      return
    }
    const { name, kind } = action
    const current = this.#fires.findLast((fire) => fire.name === name && fire.to === Infinity)
    if (kind === 'resolve' && current !== undefined) current.to = Date.now()
    else if (kind === 'fire' && current === undefined)
      this.#fires.push({ name, from: Infinity, to: Infinity, since: Date.now() })
    else return
    void this.#tell()
  }

  /** Until all that is owed is told, and a while longer. */
  async heal(): Promise<void> {
    const end = Date.now() + PATIENCE_MS
    // Those that were to be killed are, first.
    while (this.#kills.length > 0 && Date.now() < end - PATIENCE_MS + 2000) await sleep(50)
    this.#faults.length = 0
    this.#kills.length = 0
    await this.#refusing
    await this.#starting
    while (wrongInTheEnd(this.run).length + this.run.untold.length > 0 && Date.now() < end) await sleep(50)
    await sleep(QUIET_MS)
  }

  async close(): Promise<void> {
    this.#isOver = true
    clearInterval(this.#releasing)
    clearTimeout(this.#killing)
    await this.#posting
    await this.#starting
    await this.#refusing
    this.#server?.process.child.kill('SIGKILL')
    await this.#server?.process.exited
    this.#receiver.close()
  }

  /** The process that is there has written down what it was answered so long ago. One that was killed comes to know nothing more. */
  #hear(): void {
    const { attempts, epoch } = this.#receiver
    for (const attempt of attempts) {
      if (attempt.epoch !== epoch || attempt.answeredAt === undefined) continue
      attempt.isKnown ||= attempt.answeredAt <= Date.now() - KNOWN_MS
    }
  }

  #untold(): readonly string[] {
    return this.#fires.flatMap(({ name, to }) =>
      to === Infinity &&
      !this.#receiver.attempts.some(
        ({ taken, notification: { alerts } }) =>
          taken && alerts.some(({ labels }) => `${labels.get('alertname')}/${labels.get('n')}` === name),
      )
        ? [name]
        : [],
    )
  }

  async #start(): Promise<void> {
    const url = `${this.#receiver.url}/${this.#receiver.epoch}`
    await writeFile(path.join(this.#folder, 'alertmanager.yml'), configText(url))
    this.#requests = 0
    this.#server = await BoxmanServe.start(
      ['--data', 'data', '--alertmanager-config', 'alertmanager.yml'],
      this.#folder,
    )
    const [kill] = this.#kills
    if (kill !== undefined && 'afterMs' in kill) this.#killing = setTimeout(() => this.#kill(), kill.afterMs)
    void this.#tell()
  }

  #kill(): void {
    const server = this.#server
    if (server === undefined) return
    clearTimeout(this.#killing)
    server.process.child.kill('SIGKILL')
    this.#server = undefined
    this.#killed++
    this.#kills.shift()
    this.#hear()
    this.#receiver.nextEpoch()
    this.#starting = server.process.exited.then(() => this.#start())
  }

  async #post(): Promise<void> {
    while (!this.#isOver) {
      await this.#tell()
      await sleep(POST_MS)
    }
  }

  /** As Prometheus does: what fires, and for a while what is over, whoever hears it. */
  async #tell(): Promise<void> {
    const server = this.#server
    if (server === undefined || this.#fires.length === 0) return
    const now = Date.now()
    const alerts = [...new Set(this.#fires.map(({ name }) => name))].flatMap((name) => {
      const fire = this.#fires.findLast((one) => one.name === name)
      const [alertname = '', n = ''] = name.split('/')
      const { since = 0, to = 0 } = fire ?? {}
      const times = {
        startsAt: new Date(since).toISOString(),
        endsAt: new Date(Math.min(to, now + 600_000)).toISOString(),
      }
      return [{ labels: { alertname, n }, ...times }]
    })
    try {
      await fetch(`${server.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      })
    } catch {
      // It was killed meanwhile: the next one is told.
    }
  }
}
