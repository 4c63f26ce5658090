import { Fuse } from '../fuse.ts'
import type { FindLibrary } from '../cache/cache.ts'
import { type FaultHandler, guarded } from '../guard.ts'
import { type Method, patchMethod } from '../method-patch.ts'
import { undoAll } from '../undo.ts'
import { BREAKER_STATES, type BreakerReading, type BreakerState, type KnownBreaker } from './breaker.ts'
import { isCockatiel, knowCockatiel } from './cockatiel.ts'
import { isOpossum, knowOpossum } from './opossum.ts'

export interface BreakerOptions {
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly onFault: FaultHandler
  readonly warn: (message: string) => void
}

const MAX_NAMES = 200
const MAX_BREAKERS = 1000
/** From the best to the worst. */
const SEVERITY: readonly BreakerState[] = ['closed', 'half-open', 'isolated', 'open']

/** What `require` gives for the library, or for one of its files. */
type Load = (file?: string) => Record<string, unknown>

interface Member {
  readonly known: KnownBreaker
  last: BreakerState
}

interface Group {
  readonly library: KnownBreaker['library']
  readonly members: Set<Member>
  opened: number
  changedAt: number | undefined
}

/** The circuit breakers of the process, by name. None is kept alive, and none works otherwise than before. */
export class Breakers {
  /** `dropped`: breakers that are not read, because there are too many. */
  readonly stats: { dropped: number } = { dropped: 0 }
  readonly #options: BreakerOptions
  readonly #fuse: Fuse
  readonly #seen = new WeakMap<object, () => void>()
  readonly #groups = new Map<string, Group>()
  #unnamed = 0
  #count = 0

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#fuse = new Fuse('finding circuit breakers', options.onFault)
  }

  /** Finds every breaker of opossum as it is made or used, and of cockatiel as it is used; returns the undo. */
  find(find: FindLibrary): () => void {
    return undoAll([
      ...this.#patch(find, 'opossum', opossumOf, ['on', 'call'], isOpossum, knowOpossum),
      ...this.#patch(find, 'cockatiel', cockatielOf, ['execute'], isCockatiel, knowCockatiel),
    ])
  }

  /**
   * Reads one breaker under a name: of opossum, of cockatiel, or a function that says the state of any other; returns the undo.
   * @throws TypeError for what is none of them.
   */
  add(breaker: object | (() => BreakerState), { name }: { readonly name: string }): () => void {
    const known = knownOf(breaker)
    this.#seen.get(breaker)?.()
    const undo = this.#join(known, name)
    this.#seen.set(breaker, undo)
    return undo
  }

  /** By name, in the order of their finding; a name whose breakers are all gone is left out. */
  read(): readonly BreakerReading[] {
    const { onFault } = this.#options
    return [...this.#groups].flatMap(([name, group]) => guarded(onFault, () => this.#read(name, group)) ?? [])
  }

  #patch<T extends object>(
    find: FindLibrary,
    name: string,
    typeOf: (load: Load) => unknown,
    methods: readonly string[],
    is: (breaker: object) => breaker is T,
    know: (breaker: T) => KnownBreaker,
  ): readonly (() => void)[] {
    try {
      const found = find(name)
      if (found === undefined) return []
      const prototype: unknown = Reflect.get(Object(typeOf((file) => Object(found.load(file)))), 'prototype')
      if (typeof prototype !== 'object' || prototype === null || !methods.every((method) => method in prototype)) {
        throw new Error(`${found.version} has no class that is known`)
      }
      const meet = (breaker: object): void => {
        if (this.#seen.has(breaker)) return
        this.#fuse.run(() => {
          // Before it is listened to, which may be the method that is patched.
          this.#seen.set(breaker, () => undefined)
          if (!is(breaker)) return
          const known = know(breaker)
          this.#seen.set(breaker, this.#join(known, known.name ?? `${name}-${++this.#unnamed}`))
        })
      }
      return methods.map((method) => patchMethod(prototype, method, (original) => meeting(original, meet)))
    } catch (error) {
      this.#options.warn(`circuit breakers of ${name} are not found: ${String(error)}`)
      return []
    }
  }

  #join(known: KnownBreaker, name: string): () => void {
    const state = known.state()
    const old = this.#groups.get(name)
    if ((old === undefined && this.#groups.size >= MAX_NAMES) || this.#count >= MAX_BREAKERS) this.#sweep()
    if ((old === undefined && this.#groups.size >= MAX_NAMES) || this.#count >= MAX_BREAKERS || state === undefined) {
      this.stats.dropped++
      return () => undefined
    }
    const group = old ?? { library: known.library, members: new Set<Member>(), opened: 0, changedAt: undefined }
    this.#groups.set(name, group)
    const member: Member = { known, last: state }
    group.members.add(member)
    this.#count++
    known.listen?.(() => this.#fuse.run(() => this.#look(group, member)))
    return () => {
      this.#leave(group, member)
      if (group.members.size === 0 && this.#groups.get(name) === group) this.#groups.delete(name)
    }
  }

  /** The state of a member now; undefined: it has gone. */
  #look(group: Group, member: Member): BreakerState | undefined {
    const state = member.known.state()
    if (state === undefined) {
      this.#leave(group, member)
    } else if (state !== member.last) {
      if (state === 'open' || state === 'isolated') group.opened++
      member.last = state
      group.changedAt = this.#options.now()
    }
    return state
  }

  #leave(group: Group, member: Member): void {
    if (group.members.delete(member)) this.#count--
  }

  #read(name: string, group: Group): readonly BreakerReading[] {
    const states = [...group.members].flatMap((member) => this.#look(group, member) ?? [])
    if (states.length === 0) this.#groups.delete(name)
    if (states.length === 0) return []
    const worst = Math.max(...states.map((state) => SEVERITY.indexOf(state)))
    const { library, opened, changedAt } = group
    return [{ name, library, state: SEVERITY[worst] ?? 'closed', breakers: states.length, opened, changedAt }]
  }

  #sweep(): void {
    this.read()
  }
}

function opossumOf(load: Load): unknown {
  const whole = load()
  return whole['default'] ?? whole
}

/** From its own file, where it is known: all of the library takes twice the time and 6 MB, in services that may not use it. */
function cockatielOf(load: Load): unknown {
  try {
    return load('dist/CircuitBreakerPolicy.js')['CircuitBreakerPolicy']
  } catch {
    return load()['CircuitBreakerPolicy']
  }
}

function meeting(original: Method<object>, meet: (breaker: object) => void): Method<object> {
  return function met(...args) {
    meet(this)
    return Reflect.apply(original, this, args)
  }
}

function knownOf(breaker: object | (() => BreakerState)): KnownBreaker {
  if (typeof breaker === 'function') return { library: 'own', name: undefined, state: () => checked(breaker()) }
  if (isOpossum(breaker)) return knowOpossum(breaker)
  if (isCockatiel(breaker)) return knowCockatiel(breaker)
  throw new TypeError('circuit breaker: it is none of opossum and cockatiel; give a function that says its state')
}

function checked(said: unknown): BreakerState {
  const state = BREAKER_STATES.find((one) => one === said)
  if (state !== undefined) return state
  throw new TypeError(`circuit breaker: the state ${String(said)} is none of ${BREAKER_STATES.join(', ')}`)
}
