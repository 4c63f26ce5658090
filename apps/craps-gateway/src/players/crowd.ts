import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Tracer } from 'boxman/tracing'
import { Client } from './client.ts'
import { Floor } from './floor.ts'
import { delayMs, nextBeat, type Pace } from './pace.ts'
import { HABITS, type House, Player } from './player.ts'
import { readValidators, type Validators, type Verify } from './proofs.ts'
import { type Random, seeded } from './random.ts'
import type { PlayersSettings } from './settings.ts'
import { castOf, type Style } from './style.ts'
import { type PlayersStats, Tally } from './tally.ts'
import { Watch } from './watch.ts'

/** Of the players: those who look on over a WebSocket, and of these, those who hear of proofs too. */
const WATCHERS = 0.4
const PROOF_WATCHERS = 0.2

const ANSWER_MS = 10_000
const RETRY_MS = 300
/** What is under way at the end gets so long. */
const FAREWELL_MS = 2000

/** All players of one process. */
export class Crowd {
  readonly #settings: PlayersSettings
  readonly #verify: Verify
  readonly #tracer: Tracer | undefined
  readonly #tally = new Tally()
  readonly #client: Client
  readonly #floor: Floor
  readonly #closing = new AbortController()
  readonly #watches: Watch[] = []
  #turns: Promise<void> = Promise.resolve()

  constructor(settings: PlayersSettings, verify: Verify, tracer?: Tracer) {
    this.#settings = settings
    this.#verify = verify
    this.#tracer = tracer
    this.#client = new Client({
      gateway: settings.gateway,
      maxSockets: Math.min(settings.count + 4, 128),
      timeoutMs: ANSWER_MS,
    })
    this.#floor = new Floor(this.#client, this.#tally)
    setMaxListeners(0, this.#closing.signal)
  }

  stats(): PlayersStats {
    return this.#tally.stats(this.#settings.count)
  }

  /** Waits until the gateway shows its tables, and lets everyone in. */
  async open(): Promise<void> {
    const validators = await this.#enter()
    if (validators === undefined) return
    const { count, process, seed } = this.#settings
    const house: House = {
      client: this.#client,
      floor: this.#floor,
      tally: this.#tally,
      validators,
      verify: this.#verify,
      habits: HABITS,
      tracer: this.#tracer,
    }
    this.#watch(this.#floor.tableIds.map(topicOf), seeded(seed, process), (event) => void this.#floor.notice(event))
    const loops = castOf(count, process === 1).map((style, index) => {
      const random = seeded(seed + index, process)
      const tableId = this.#floor.tableIds[index % this.#floor.tableIds.length] ?? ''
      const isOdd = style.isOrderly
      const name = isOdd ? style.name : `${style.name}-${process}-${index + 1}`
      const player = new Player({ name, tableId, style, random, house })
      if (random() < WATCHERS) {
        this.#watch([topicOf(tableId), ...(random() < PROOF_WATCHERS ? ['proofs'] : [])], random)
      }
      return this.#play(player, style, random)
    })
    this.#turns = Promise.all(loops).then(() => {})
  }

  /** Settles when all have left; rejects when a player could not go on, which is a bug. */
  async done(): Promise<void> {
    await this.#turns
  }

  async close(): Promise<void> {
    this.#closing.abort()
    for (const watch of this.#watches) watch.close()
    await Promise.race([this.#turns, sleep(FAREWELL_MS, undefined, { ref: false })])
    this.#client.close()
  }

  async #enter(): Promise<Validators | undefined> {
    while (!this.#closing.signal.aborted) {
      if (await this.#floor.open()) {
        const reply = await this.#client.send({ method: 'GET', path: '/validators' })
        this.#tally.answered('reading the validators', reply, [200, 503])
        const validators = reply.kind === 'answer' ? readValidators(reply.body) : undefined
        if (validators !== undefined) return validators
      }
      await this.#rest(RETRY_MS)
    }
    return undefined
  }

  #watch(
    topics: readonly string[],
    random: Random,
    onEvent?: (event: Readonly<Record<string, unknown>>) => void,
  ): void {
    const { gateway } = this.#settings
    const isRestless = onEvent === undefined
    const watch = new Watch({ gateway, topics, random, tally: this.#tally, isRestless, ...(onEvent && { onEvent }) })
    this.#watches.push(watch)
    watch.open()
  }

  async #play(player: Player, style: Style, random: Random): Promise<void> {
    const intervalMs = 1000 / (this.#settings.rate * style.tempo)
    let last: Pace = 'steady'
    let inARow = 0
    let waitMs = random() * intervalMs
    let beat = performance.now() + waitMs
    while (await this.#rest(waitMs)) {
      const pace = await player.turn()
      inARow = pace === last ? inARow + 1 : 1
      last = pace
      beat = nextBeat(beat, intervalMs, performance.now())
      waitMs = style.isExact ? beat - performance.now() : delayMs(pace, inARow, intervalMs, random)
    }
  }

  /** False when it is time to leave. */
  async #rest(ms: number): Promise<boolean> {
    const { signal } = this.#closing
    await sleep(Math.max(ms, 0), undefined, { signal }).catch(() => {})
    return !signal.aborted
  }
}

const topicOf = (tableId: string): string => `table:${tableId}`
