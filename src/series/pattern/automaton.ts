import { holds, lookClass } from './look.ts'
import { after, type Program } from './program.ts'

const ASCII = 128
const UNKNOWN = undefined
/** Program counters held by all states together. */
const MAX_HELD = 1_000_000

/** What may come next after the text so far: program counters, before the conditions that need the next character. */
interface State {
  readonly counters: Int32Array
  /** The last character as far as conditions care; 0 when the program has none. */
  readonly before: number
  readonly ascii: (State | undefined)[]
  readonly wide: Map<number, State>
  accepts: boolean | undefined
}

/**
 * Decides whether a whole text matches, one state a character. States are made when they are first met and all
 * forgotten when there are too many, so the work is at most (characters x instructions) and the memory is bounded.
 */
export class Automaton {
  /** Instructions looked at so far. */
  steps = 0
  readonly #program: Program
  readonly #maxStates: number
  readonly #states = new Map<string, State>()
  readonly #seen: Uint32Array
  readonly #stack: number[] = []
  #generation = 0
  #transitions = 0
  #held = 0
  #start: State

  constructor(program: Program, maxStates: number) {
    this.#program = program
    this.#maxStates = maxStates
    this.#seen = new Uint32Array(program.code.length)
    this.#start = this.#begin()
  }

  matches(text: string): boolean {
    let state = this.#start
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      const char = unit < ASCII ? unit : (text.codePointAt(i) ?? unit)
      if (char > 0xffff) i++
      state = (char < ASCII ? state.ascii[char] : state.wide.get(char)) ?? this.#step(state, char)
      if (state.counters.length === 0) return false
    }
    state.accepts ??= this.#accepts(state)
    return state.accepts
  }

  #begin(): State {
    this.#newGeneration()
    const counters: number[] = []
    this.#follow(this.#program.start, counters, UNKNOWN, UNKNOWN)
    return this.#state(counters, this.#program.hasLooks ? -1 : 0)
  }

  #step(from: State, char: number): State {
    if (this.#isFull()) this.#forget()
    const { code, hasLooks } = this.#program
    const ready = hasLooks ? this.#resolved(from, char) : from.counters
    this.#newGeneration()
    const counters: number[] = []
    for (const counter of ready) {
      this.steps++
      const on = after(code[counter], char)
      if (on >= 0) this.#follow(on, counters, UNKNOWN, UNKNOWN)
    }
    const next = this.#state(counters, hasLooks ? lookClass(char) : 0)
    if (char < ASCII) from.ascii[char] = next
    else {
      from.wide.set(char, next)
      this.#transitions++
    }
    return next
  }

  #accepts(state: State): boolean {
    const ready = this.#program.hasLooks ? this.#resolved(state, -1) : state.counters
    return Array.from(ready).some((counter) => this.#program.code[counter]?.op === 'match')
  }

  /** Goes through the conditions that hold between the last character and this one. */
  #resolved(state: State, char: number): readonly number[] {
    this.#newGeneration()
    const counters: number[] = []
    for (const counter of state.counters) this.#follow(counter, counters, state.before, char)
    return counters
  }

  /** Collects what can be reached without a character; conditions stand in the way while `next` is unknown. */
  #follow(from: number, into: number[], before: number | undefined, next: number | undefined): void {
    const stack = this.#stack
    stack.push(from)
    for (let counter = stack.pop(); counter !== undefined; counter = stack.pop()) {
      if (this.#seen[counter] === this.#generation) continue
      this.#seen[counter] = this.#generation
      this.steps++
      const instruction = this.#program.code[counter]
      if (instruction === undefined) throw new Error(`BUG: no instruction ${counter}`)
      switch (instruction.op) {
        case 'split':
          stack.push(instruction.other, instruction.next)
          break
        case 'save':
          stack.push(instruction.next)
          break
        case 'look':
          if (before === undefined || next === undefined) into.push(counter)
          else if (holds(instruction.look, before, next)) stack.push(instruction.next)
          break
        case 'char':
        case 'class':
        case 'match':
          into.push(counter)
          break
      }
    }
  }

  #state(found: readonly number[], before: number): State {
    const counters = Int32Array.from(found).sort()
    const key = `${before}:${counters.join(',')}`
    const known = this.#states.get(key)
    if (known !== undefined) return known
    const state: State = {
      counters,
      before,
      ascii: Array.from<State | undefined>({ length: ASCII }).fill(UNKNOWN),
      wide: new Map(),
      accepts: undefined,
    }
    this.#states.set(key, state)
    this.#held += counters.length
    return state
  }

  #isFull(): boolean {
    return (
      this.#states.size >= this.#maxStates ||
      this.#transitions >= this.#maxStates * 16 ||
      this.#held >= Math.max(MAX_HELD, this.#program.code.length)
    )
  }

  #forget(): void {
    this.#states.clear()
    this.#transitions = 0
    this.#held = 0
    this.#start = this.#begin()
  }

  #newGeneration(): void {
    this.#generation++
    if (this.#generation > 0xffffffff) {
      this.#seen.fill(0)
      this.#generation = 1
    }
  }
}
