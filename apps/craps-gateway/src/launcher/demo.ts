import type { KeyTexts, Seat } from '../consensus/index.ts'
import { addStats, isStats, type PlayersStats } from '../players/index.ts'
import { readSummary, type Summary } from '../summary.ts'
import { type Board, lineOf } from './board.ts'
import { gatewayRole, type Modules, playersRoles, validatorRoles } from './cast.ts'
import type { Child, Ending, Fields } from './child.ts'
import { closingText } from './closing.ts'
import { Crew } from './crew.ts'
import { endingText, obituary } from './obituary.ts'
import type { LauncherOptions } from './options.ts'

export interface DemoOptions {
  readonly options: LauncherOptions
  readonly modules: Modules
  readonly board: Board
  readonly generateKeys: () => KeyTexts
  readonly deadlines?: Deadlines
}

/** In ms. Together the last three stay below the ten seconds that service managers commonly grant. */
export interface Deadlines {
  /** Until everyone is ready. */
  readonly start: number
  readonly players: number
  readonly gateway: number
  readonly validators: number
}

const DEADLINES: Deadlines = { start: 28_000, players: 2500, gateway: 6000, validators: 1200 }
const LIVE_MS = 1000
const QUORUM = 3

/** Why it is over: someone asked, the time is up, or it cannot go on. */
type End = { readonly kind: 'asked' } | { readonly kind: 'broken'; readonly text: string }

/** One run from the first process to the last. */
export class Demo {
  readonly #options: LauncherOptions
  readonly #modules: Modules
  readonly #board: Board
  readonly #generateKeys: () => KeyTexts
  readonly #deadlines: Deadlines
  readonly #crew: Crew
  readonly #over: Promise<End>
  #end: (end: End) => void = () => {}
  #isOver = false
  #isPlaying = false
  #isClean = true
  #validators: readonly Child[] = []
  #gateway: Child | undefined
  #players: readonly Child[] = []
  #summary: { readonly summary: Summary; readonly at: number } | undefined
  readonly #stats = new Map<string, PlayersStats>()

  constructor({ options, modules, board, generateKeys, deadlines = DEADLINES }: DemoOptions) {
    this.#options = options
    this.#modules = modules
    this.#board = board
    this.#generateKeys = generateKeys
    this.#deadlines = deadlines
    this.#over = new Promise((resolve) => {
      this.#end = (end) => {
        this.#isOver = true
        resolve(end)
      }
    })
    this.#crew = new Crew({
      logs: options.logs,
      onMessage: (child, message) => this.#hear(child, message),
      onDeath: (child, ending) => this.#mourn(child, ending),
      onBadLeave: (child, how, ending) => {
        this.#isClean &&= how === 'killed'
        const text = how === 'killed' ? 'did not leave in time and was killed' : `left with ${endingText(ending)}`
        this.#board.print(
          [`${child.name} ${text}.`, ...child.tail.lines.slice(-3).map((line) => `  | ${line}`)].join('\n'),
        )
      },
    })
  }

  /** The exit code: 0 when it ended as asked, 1 when it broke. */
  async run(): Promise<number> {
    let playedAt: number | undefined
    const starting = this.#start()
    const timer = setTimeout(() => this.#break(this.#lateText()), this.#deadlines.start)
    const isStarted = await Promise.race([this.#over.then(() => false), starting])
    clearTimeout(timer)
    if (isStarted) {
      playedAt = performance.now()
      await this.#play(playedAt)
    }
    const end = await this.#over
    if (end.kind === 'broken') this.#board.print(end.text)
    else this.#board.print('Stopping: players, gateway, validators.')
    const seconds = playedAt === undefined ? undefined : (performance.now() - playedAt) / 1000
    await this.#stop()
    await starting
    if (seconds !== undefined) this.#board.print(closingText(seconds, this.#allStats(), this.#summary?.summary))
    return end.kind === 'asked' && this.#isClean ? 0 : 1
  }

  /** Stops in order; `run` settles when all have left. */
  stop(): void {
    this.#end({ kind: 'asked' })
  }

  /** Ends everyone at once. */
  kill(): void {
    this.#isOver = true
    this.#crew.kill()
  }

  #break(text: string): void {
    this.#end({ kind: 'broken', text })
  }

  /** False when it was over before everyone was ready; the reason is told elsewhere. */
  async #start(): Promise<boolean> {
    try {
      const roles = validatorRoles(this.#generateKeys, this.#options.slow)
      this.#validators = roles.map((role) => this.#crew.start(role, this.#modules.validator))
      const seats: Seat[] = []
      const admins: Record<string, string> = {}
      for (const [i, { name, publicKey }] of roles.entries()) {
        const said = await this.#validators[i]?.ready
        if (said === undefined) return false
        seats.push({ name, publicKey, url: String(said['url']) })
        admins[name] = String(said['adminUrl'])
      }
      if (this.#isOver) return false
      const gateway = this.#crew.start(gatewayRole(this.#options, seats), this.#modules.gateway)
      this.#gateway = gateway
      this.#players = playersRoles(this.#options).map((role) => this.#crew.start(role, this.#modules.players))
      const said = await gateway.ready
      if (this.#isOver || said === undefined) return false
      const [url, adminUrl] = [String(said['url']), String(said['adminUrl'])]
      for (const child of this.#players) child.tell({ gateway: url })
      for (const child of this.#players) {
        const said = await child.ready
        if (this.#isOver || said === undefined) return false
        admins[child.name] = String(said['adminUrl'])
      }
      this.#welcome(url, { ...admins, gateway: adminUrl }, seats, said['tells'])
      return true
    } catch (error) {
      this.#break(`cannot start: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }

  #welcome(gateway: string, admins: Readonly<Record<string, string>>, seats: readonly Seat[], tells: unknown): void {
    const admin = admins['gateway'] ?? ''
    const { durationMs, port, players, rate, tables, slow } = this.#options
    const validators = seats.map(({ url }) => url)
    this.#board.print(
      [
        `Gateway     ${gateway}  (${tables} tables)`,
        `Console     ${admin}  (metrics at ${admin}/metrics)`,
        `Validators  ${validators.join('  ')}`,
        `Players     ${players} in ${this.#players.length} processes, ${rate} bets a second each`,
        ...slowText(slow, seats),
        ...alertsText(admin, tells),
        durationMs === undefined ? 'Ctrl-C stops everything.' : `Stops by itself after ${durationMs / 1000} s.`,
      ].join('\n'),
    )
    if (durationMs !== undefined || port === 0) {
      this.#board.print(JSON.stringify({ gateway, admin, admins, validators, pids: this.#crew.pids }))
    }
  }

  async #play(since: number): Promise<void> {
    this.#isPlaying = true
    const { durationMs } = this.#options
    const live = setInterval(() => {
      const at = performance.now()
      const line =
        this.#summary === undefined
          ? `waiting for the first figures (${Math.floor((at - since) / 1000)} s)`
          : lineOf(this.#summary.summary, at - this.#summary.at, this.#board.width)
      this.#board.live(line, at)
    }, LIVE_MS)
    const timer = durationMs === undefined ? undefined : setTimeout(() => this.stop(), durationMs)
    await this.#over
    clearInterval(live)
    clearTimeout(timer)
  }

  async #stop(): Promise<void> {
    await this.#crew.dismiss(this.#players, this.#deadlines.players)
    if (this.#gateway !== undefined) await this.#crew.dismiss([this.#gateway], this.#deadlines.gateway)
    await this.#crew.dismiss(this.#validators, this.#deadlines.validators)
  }

  #hear(child: Child, message: Fields): void {
    const { type, summary, stats } = message
    if (type === 'summary') this.#summary = { summary: readSummary(summary), at: performance.now() }
    else if (type === 'stats' && isStats(stats)) this.#stats.set(child.name, stats)
  }

  #mourn(child: Child, ending: Ending): void {
    if (this.#isOver) return
    const isValidator = this.#validators.includes(child)
    const canGoOn = this.#isPlaying && (isValidator || this.#crew.alive(this.#players) > 0) && child !== this.#gateway
    if (!canGoOn) {
      this.#break(obituary(child, ending, this.#options))
      return
    }
    const what = isValidator ? this.#validatorsLeft() : 'the other players go on.'
    const how = endingText(ending)
    this.#board.print(`${child.name} has ended unexpectedly (${how}): ${what} To have it back, stop and start again.`)
  }

  #validatorsLeft(): string {
    const left = this.#crew.alive(this.#validators)
    const all = this.#validators.length
    if (left >= QUORUM) return `play goes on with ${left} of ${all} validators, which is a quorum.`
    return `${left} of ${all} validators are left, fewer than the quorum of ${QUORUM}, and bets are refused (503).`
  }

  #lateText(): string {
    const { start } = this.#deadlines
    const waited = [...this.#validators, ...(this.#gateway === undefined ? [] : [this.#gateway]), ...this.#players]
    const last = waited.at(-1)
    const said = last?.tail.lines.slice(-10).map((line) => `  | ${line}`) ?? []
    return [`Not everyone was ready after ${start / 1000} s; waited for ${last?.name ?? 'no one'}.`, ...said].join('\n')
  }

  #allStats(): PlayersStats | undefined {
    const [first, ...rest] = this.#stats.values()
    return first === undefined ? undefined : rest.reduce(addStats, first)
  }
}

function slowText(slow: LauncherOptions['slow'], seats: readonly Seat[]): readonly string[] {
  return seats.flatMap(({ name, url }) => {
    const delay = slow[name]
    const end = `curl -X PUT -H 'content-type: application/json' -d '{}' ${url}/faults`
    return delay === undefined ? [] : [`Slow        ${name} by ${delay} ms, until  ${end}`]
  })
}

function alertsText(admin: string, tells: unknown): readonly string[] {
  const kinds = Array.isArray(tells) ? tells.map(String) : []
  if (kinds.length > 0) return [`Alerts      ${admin}/api/v2/alerts, told by ${kinds.join(', ')}`]
  return [
    `Alerts      ${admin}/api/v2/alerts, told to nobody: GATEWAY_ALERT_WEBHOOK=URL names a webhook,`,
    '            GATEWAY_ALERT_MAIL_TO=ADDRESS and GATEWAY_ALERT_MAIL_SERVER=HOST:PORT a person',
  ]
}
