type Wake = readonly [at: number, key: string]

/** Virtual timers: one time for a key. Taken in order of time, then of key, whatever the order in which they were set. */
export class WakeList {
  readonly #times = new Map<string, number>()
  /** A binary heap. What was set anew or deleted stays until it comes up, and is then passed over. */
  #heap: Wake[] = []

  get size(): number {
    return this.#times.size
  }

  get(key: string): number | undefined {
    return this.#times.get(key)
  }

  set(key: string, at: number): void {
    if (this.#times.get(key) === at) return
    this.#times.set(key, at)
    if (this.#heap.length > 2 * this.#times.size + 64) this.#rebuild()
    else this.#push([at, key])
  }

  delete(key: string): void {
    this.#times.delete(key)
  }

  /** When the first is due. */
  peek(): number | undefined {
    for (;;) {
      const first = this.#heap[0]
      if (first === undefined) return undefined
      if (this.#times.get(first[1]) === first[0]) return first[0]
      this.#pop()
    }
  }

  /** The key of the first that is due at `now`, which is then no longer set. */
  take(now: number): string | undefined {
    const at = this.peek()
    if (at === undefined || at > now) return undefined
    const key = this.#pop()?.[1]
    if (key !== undefined) this.#times.delete(key)
    return key
  }

  entries(): [key: string, at: number][] {
    return [...this.#times]
  }

  #rebuild(): void {
    this.#heap = []
    for (const [key, at] of this.#times) this.#push([at, key])
  }

  #push(wake: Wake): void {
    const heap = this.#heap
    let at = heap.push(wake) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !before(wake, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = wake
  }

  #pop(): Wake | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      const a = heap[left]
      if (a === undefined) break
      const b = heap[left + 1]
      const [child, next] = b !== undefined && before(b, a) ? ([left + 1, b] as const) : ([left, a] as const)
      if (!before(next, last)) break
      heap[at] = next
      at = child
    }
    heap[at] = last
    return first
  }
}

function before(a: Wake, b: Wake): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
}
