import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { AddressRanges } from '../../address-ranges.ts'

/** Made when it is first asked for: most services never do. */
let loopback: AddressRanges | undefined
/** Names under these are known in a network alone; nobody can register one and point it elsewhere. */
const PRIVATE = /(?:^[^.]+|\.(?:svc|local|localhost|internal|test|home\.arpa))$/

/** The name in a `Host` header, small and without a port; undefined for what is none. */
export function nameOf(host: string): string | undefined {
  const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([^\s:[\]/@\\]+?)\.?)(?::\d{1,5})?$/i.exec(host) ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? bracketed.toLowerCase() : undefined
  return plain?.toLowerCase()
}

/** Whether only this machine can reach what listens there. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  if (name === 'localhost' || name.endsWith('.localhost')) return true
  loopback ??= new AddressRanges(['127.0.0.0/8', '::1'])
  return loopback.has(name)
}

export interface HostOptions {
  /** What is listened on; undefined where another server does that. */
  readonly bound: string | undefined
  /** `admin.hosts` */
  readonly hosts: readonly string[] | undefined
  /** Whether whoever comes in must say who it is, which a page of another origin cannot. */
  readonly asksWho: boolean
}

/**
 * Which names a request may call the server by. A page of a name that its owner suddenly points at this machine has that name in
 * `Host`: it must not read what is here. An address is never such a name.
 */
export class HostNames {
  readonly #options: HostOptions
  readonly #exact: ReadonlySet<string>
  readonly #suffixes: readonly string[]
  readonly #isLocal: boolean

  constructor(options: HostOptions) {
    const { bound, hosts = [] } = options
    const named = hosts.map((host) => host.toLowerCase())
    this.#options = options
    this.#exact = new Set([...named, ...(bound === undefined ? [] : [bound.toLowerCase(), hostname().toLowerCase()])])
    this.#suffixes = named.filter((host) => host.startsWith('*.')).map((host) => host.slice(1))
    this.#isLocal = bound !== undefined && isLoopback(bound)
  }

  has(name: string): boolean {
    const { bound, hosts, asksWho } = this.#options
    if (isLoopback(name) || this.#exact.has(name)) return true
    if (this.#suffixes.some((suffix) => name.endsWith(suffix))) return true
    if (this.#isLocal) return false
    if (isIP(name) !== 0) return true
    if (hosts !== undefined) return false
    return bound === undefined || asksWho || PRIVATE.test(name)
  }
}
