import { lookup as lookupOfNode } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import type { Lookup } from './channel-host.ts'

/** Where nobody is told of an alert, and where clouds keep credentials. */
const REFUSED: readonly (readonly [network: string, bits: number, what: string])[] = [
  ['0.0.0.0', 8, 'unspecified'],
  ['169.254.0.0', 16, 'link-local'],
  ['224.0.0.0', 4, 'multicast'],
  ['255.255.255.255', 32, 'broadcast'],
  ['100.100.100.200', 32, 'metadata'],
  ['168.63.129.16', 32, 'metadata'],
  ['192.0.0.192', 32, 'metadata'],
  ['::', 128, 'unspecified'],
  ['fe80::', 10, 'link-local'],
  ['ff00::', 8, 'multicast'],
  ['fd00:ec2::', 32, 'metadata'],
  ['fd20:ce::254', 128, 'metadata'],
]
const LISTS = REFUSED.map(([network, bits, what]) => ({ list: listOf([`${network}/${bits}`]), what }))

/** An address that no message may go to. */
export class AddressRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AddressRefused'
  }
}

/**
 * Keeps messages from link-local, metadata, multicast and unspecified addresses. Loopback and private ones are allowed:
 * most receivers of one's own are there.
 */
export class AddressGuard {
  readonly #allowed: BlockList
  readonly #resolve: Lookup

  /** @throws RangeError for what is neither an address nor a network such as `169.254.1.0/24`. */
  constructor(allow: readonly string[], lookup: Lookup = lookupOfNode) {
    this.#allowed = listOf(allow)
    this.#resolve = lookup
  }

  /** @throws AddressRefused when the host is such an address. A name is judged when it is resolved. */
  check(url: URL): void {
    const host = url.hostname.replaceAll(/[[\]]/g, '')
    if (isIP(host) !== 0) this.#checkAddress(host, host)
  }

  /** Resolves once, checks what comes, and connects to nothing else. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const { family, hints } = options
    const wanted = {
      all: true as const,
      ...(family === undefined ? {} : { family }),
      ...(hints === undefined ? {} : { hints }),
    }
    this.#resolve(hostname, wanted, (error, addresses) => {
      if (error !== null) return callback(error, options.all === true ? [] : '', 0)
      try {
        for (const { address } of addresses) this.#checkAddress(address, hostname)
      } catch (refused) {
        return callback(refused instanceof Error ? refused : new Error(String(refused)), [], 0)
      }
      if (options.all === true) return callback(null, addresses)
      const [first] = addresses
      if (first === undefined) return callback(new Error(`${hostname} has no address`), '', 0)
      return callback(null, first.address, first.family)
    })
  }

  #checkAddress(address: string, host: string): void {
    const forms = formsOf(address)
    if (forms.some((form) => isIn(this.#allowed, form))) return
    const found = LISTS.find(({ list }) => forms.some((form) => isIn(list, form)))
    if (found === undefined) return
    throw new AddressRefused(
      `${host === address ? address : `${host} is ${address}, which`} is a ${found.what} address; ` +
        'allowAddresses may name it if it is meant',
    )
  }
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address)
    const most = family === 6 ? 128 : 32
    const prefix = bits === undefined ? most : Number(bits)
    if (family === 0 || !/^\d+$/.test(bits ?? '0') || prefix > most) {
      throw new RangeError(`allowAddresses: ${JSON.stringify(network)} is neither an address nor a network`)
    }
    list.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}

/** The address, and the one of IPv4 that stands in it: mapped, by NAT64 or by 6to4. */
function formsOf(given: string): readonly string[] {
  const address = given.replace(/%.*$/, '')
  if (isIP(address) !== 6) return [address]
  const groups = groupsOf(address)
  const v4 = (at: number): string => {
    const [high = 0, low = 0] = groups.slice(at, at + 2)
    return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  }
  const start = groups.slice(0, 6).join()
  const embedded = start === '0,0,0,0,0,65535' || start === '0,0,0,0,0,0' || start === '100,65435,0,0,0,0'
  if (embedded && groups.slice(6).some((group) => group > 1)) return [address, v4(6)]
  return groups[0] === 0x2002 ? [address, v4(1)] : [address]
}

function groupsOf(address: string): readonly number[] {
  const dotted = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  const numbers = (dotted ?? []).slice(1).map(Number)
  const [a = 0, b = 0, c = 0, d = 0] = numbers
  const plain =
    dotted === null
      ? address
      : `${address.slice(0, dotted.index)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  const [head = '', tail] = plain.split('::')
  const read = (half: string): number[] =>
    half === '' ? [] : half.split(':').map((group) => Number.parseInt(group, 16))
  const [first, last] = [read(head), tail === undefined ? [] : read(tail)]
  return [...first, ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => 0), ...last]
}
