import type { AlertingSpec, RouteSpec } from '../alerting-config.ts'
import type { Input, ScenarioAlert } from '../alerting-scenarios.ts'
import { type CountedScenario, type CountedTold, countedPlay } from '../counted-play.ts'
import { inOrder, type Played, type Told } from '../black-box.ts'

// A play from a number: routes, times, alerts, silences, inhibition, reloads and receivers that refuse, all by chance. Alerts come
// at whole units of time and groups are flushed between them: what happens is then no question of milliseconds.

/** Seconds. */
const UNIT = 2
/** Units: before that alerts come, and when it ends. Empty groups are swept after 30 s, by clocks that differ. */
const [LAST, END] = [9, 12.25]

const MATCHERS = [
  ['team="a"'],
  ['team="b"'],
  ['alertname=~"A|B"'],
  ['n="1"'],
  ['n!="1"'],
  ['team=~".+"', 'alertname!="C"'],
] as const
const GROUPINGS = [[], ['alertname'], ['team'], ['alertname', 'team'], ['...']] as const

export function randomPlay(seed: number): CountedScenario {
  return new Maker(seed).play()
}

class Maker {
  readonly #random: () => number
  /** A reload makes groups anew, while the alerts come back to a real one alert by alert: only a group of one is sure. */
  readonly #reloads: boolean
  readonly #hides: boolean
  readonly #begun = new Map<string, number>()
  #routes = 0

  constructor(seed: number) {
    this.#random = generator(seed)
    const kind = seed % 4
    this.#reloads = kind === 1
    this.#hides = kind === 2
  }

  play(): CountedScenario {
    const routes = this.#some(3, () => this.#route(1))
    const spec: AlertingSpec = {
      route: { receiver: 'hook', ...this.#times(1), routes },
      ...(this.#chance(0.25) ? { sendResolved: false } : {}),
      ...(this.#chance(0.25) ? { resolveTimeout: 4 * UNIT } : {}),
      ...(this.#hides && this.#chance(0.6) ? { inhibit: [this.#inhibition()] } : {}),
    }
    const inputs: Input[] = []
    // What a reload flushes at once is flushed at whole units from then on.
    const offset = this.#reloads ? 0.25 : 0
    let hasReloaded = false
    for (let unit = 1; unit < LAST; unit += this.#pick([0, 1, 1, 2])) {
      inputs.push(this.#input((unit + offset) * UNIT))
      // A second one would meet a flush of the first, which a real one may then tell twice.
      if (!this.#reloads || hasReloaded || !this.#chance(0.3)) continue
      hasReloaded = true
      inputs.push({ at: ++unit * UNIT, reload: true })
    }
    const fails = this.#chance(0.3)
    const reply = (receiver: string, _: number, __: number, nthOfGroup: number): number =>
      nthOfGroup % 3 === 0 && receiver !== 'r2' ? 404 : 200
    return { spec, inputs, until: END * UNIT, ...(fails ? { reply } : {}) }
  }

  #input(at: number): Input {
    if (!this.#hides || !this.#chance(0.15)) return { at, post: this.#alerts(at) }
    const matcher = this.#pick(['alertname="A"', 'team="a"', 'n=~"1|2"', 'team!="a"'])
    return { at, silence: [matcher], from: at, to: at + this.#pick([1, 2, 4, 60]) * UNIT }
  }

  #alerts(at: number): ScenarioAlert[] {
    const alerts = new Map<string, ScenarioAlert>()
    this.#some(3, () => {
      const n = this.#pick(['1', '2', undefined])
      const labels = {
        alertname: this.#pick(['A', 'B', 'C']),
        team: this.#pick(['a', 'b']),
        ...(n === undefined ? {} : { n }),
      }
      const key = JSON.stringify(labels)
      if (alerts.has(key)) return
      const note = this.#chance(0.2) ? { note: this.#pick(['x', 'y']) } : {}
      const begun = this.#begun.get(key)
      if (begun !== undefined && begun < at && this.#chance(0.5)) {
        alerts.set(key, { labels, ...note, start: begun, end: at - 0.05 })
        this.#begun.delete(key)
        return
      }
      const start = begun ?? at
      const end = this.#chance(0.25) ? { end: at + this.#pick([1, 2, 3]) * UNIT } : {}
      alerts.set(key, { labels, ...note, start, ...end })
      this.#begun.set(key, start)
    })
    return [...alerts.values()]
  }

  #route(depth: number): RouteSpec {
    return {
      ...this.#times(0.3),
      ...(this.#chance(0.8) ? { receiver: this.#pick(['r1', 'r2', 'r3']) } : {}),
      // One that always holds gives each route a key of its own.
      matchers: [...this.#pick(MATCHERS), `u${this.#routes++}=""`],
      ...(this.#chance(0.5) ? { continue: true } : {}),
      ...(depth > 0 && this.#chance(0.5) ? { routes: this.#some(2, () => this.#route(depth - 1)) } : {}),
    }
  }

  #times(share: number): RouteSpec {
    const maybe = <T>(key: string, value: T): Record<string, T> => (this.#chance(share) ? { [key]: value } : {})
    const groupBy = this.#pick(GROUPINGS)
    // After a reload flushes are any quarters of a unit apart.
    const repeats = this.#reloads ? [0.1, 0.1, 0.1, 3600, 3600] : [0.5, 1.5, 2.5, 3.5, 3600]
    return {
      ...maybe('groupBy', this.#reloads ? ['...'] : groupBy),
      ...maybe('wait', this.#pick([0.5, 1.5, 2.5]) * UNIT),
      ...maybe('interval', this.#pick([1, 2, 3]) * UNIT),
      ...maybe('repeat', this.#pick(repeats) * UNIT),
    }
  }

  #inhibition(): { source: string[]; target: string[]; equal: string[] } {
    return {
      source: [this.#pick(['alertname="A"', 'n="1"'])],
      target: [this.#pick(['alertname="B"', 'team="b"'])],
      equal: [...this.#pick([[], ['team'], ['n']])],
    }
  }

  #chance(share: number): boolean {
    return this.#random() < share
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T
  }

  #some<T>(most: number, make: () => T): T[] {
    return Array.from({ length: 1 + Math.floor(this.#random() * most) }, make)
  }
}

/** mulberry32 */
function generator(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Comparable {
  /** In the order of receivers and groups. */
  readonly lines: readonly string[]
  readonly times: readonly number[]
}

/** What each is to tell: the machine in counted time, where it is better than an Alertmanager, and as one. */
export function expectedOf(play: CountedScenario): { readonly ours: Comparable; readonly theirs: Comparable } {
  return {
    ours: comparableCounted(countedPlay(play, { compat: false })),
    theirs: comparableCounted(countedPlay(play, { compat: true })),
  }
}

export function comparable({ told }: Played): Comparable {
  return comparableOf(inOrder(told), ({ more }) => (JSON.parse(more) as { groupKey: string }).groupKey)
}

function comparableCounted(told: readonly CountedTold[]): Comparable {
  const key = ({ receiver, groupKey }: CountedTold): string => `${receiver} ${groupKey}`
  const ordered = told.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return comparableOf(ordered, ({ groupKey }) => groupKey)
}

function comparableOf<T extends Pick<Told, 'at' | 'receiver' | 'alerts'>>(
  told: readonly T[],
  groupKey: (one: T) => string,
): Comparable {
  return {
    lines: told.map((one) => `${one.receiver} ${groupKey(one)}: ${roughly(one.alerts)}`),
    times: told.map(({ at }) => at),
  }
}

/** Ends that were counted from when the alert came are a little later, others a little before a whole second. */
function roughly(alerts: string): string {
  return alerts.replaceAll(/(?<=@|-)(\d+(?:\.\d+)?)/g, (time) => String(Math.floor(Number(time) + 0.2)))
}
