import { isIPv6 } from 'node:net'

interface Bucket {
  /** Failures that are still free. */
  left: number
  at: number
}

export interface FailureLimits {
  /** Failures in a row that are answered at once; default 20. */
  readonly burst?: number
  /** After which one more is; default 3 s. */
  readonly refillMs?: number
  /** Addresses that are remembered, the latest ones; default 10 000. */
  readonly maxAddresses?: number
}

/** How often addresses failed to say who they are. Who shares the first 64 bits of an IPv6 address shares a house. */
export class Failures {
  readonly #now: () => number
  readonly #limits: Required<FailureLimits>
  readonly #buckets = new Map<string, Bucket>()

  /** @param now in milliseconds that never go back */
  constructor(now: () => number, { burst = 20, refillMs = 3000, maxAddresses = 10_000 }: FailureLimits = {}) {
    this.#now = now
    this.#limits = { burst, refillMs, maxAddresses }
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Until the address may try again; 0: it may. */
  waitMs(address: string | undefined): number {
    const bucket = this.#buckets.get(houseOf(address))
    if (bucket === undefined) return 0
    const { refillMs } = this.#limits
    const left = this.#leftIn(bucket)
    return left >= 1 ? 0 : Math.ceil((1 - left) * refillMs)
  }

  record(address: string | undefined): void {
    const { burst, maxAddresses } = this.#limits
    const house = houseOf(address)
    const bucket = this.#buckets.get(house)
    const left = bucket === undefined ? burst : this.#leftIn(bucket)
    // The one that failed last stands last.
    this.#buckets.delete(house)
    this.#buckets.set(house, { left: Math.max(0, left - 1), at: this.#now() })
    if (this.#buckets.size <= maxAddresses) return
    for (const oldest of this.#buckets.keys()) {
      this.#buckets.delete(oldest)
      return
    }
  }

  #leftIn({ left, at }: Bucket): number {
    return Math.min(this.#limits.burst, left + (this.#now() - at) / this.#limits.refillMs)
  }
}

/** An IPv4 address, or the first four groups of an IPv6 one. */
function houseOf(address = ''): string {
  const plain = address.replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(plain)?.[1]
  if (mapped !== undefined || !isIPv6(plain)) return mapped ?? plain
  const [head = '', tail] = plain.split('::')
  const groups = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const left = Array.from({ length: tail === undefined ? 0 : 8 - groups.flat().length }, () => '0')
  const first = [...(groups[0] ?? []), ...left, ...(groups[1] ?? [])].slice(0, 4)
  return first.map((group) => group.replace(/^0+(?=.)/, '')).join(':')
}
