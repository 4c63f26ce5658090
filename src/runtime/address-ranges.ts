import { BlockList, isIP } from 'node:net'

/** What no address of the internet is in, by the name `private`. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::1',
]

/** `10.0.0.1`, `10.0.0.0/8`, `::1`, `fd00::/8` or `private`. */
export function isAddressRange(text: string): boolean {
  return text === 'private' || parse(text) !== undefined
}

/** Addresses, one by one and in ranges. An IPv4 address is the same when it is written as an IPv6 one. */
export class AddressRanges {
  readonly #list = new BlockList()

  /** @throws RangeError for what is neither an address nor a range. */
  constructor(ranges: readonly string[]) {
    for (const text of ranges.flatMap((each) => (each === 'private' ? PRIVATE : [each]))) {
      const range = parse(text)
      if (range === undefined) throw new RangeError(`${text} is no address and no range such as 10.0.0.0/8`)
      this.#list.addSubnet(range.address, range.bits, range.family)
    }
  }

  /** False for an address that is not known, as that of a Unix socket's client. */
  has(address: string | undefined): boolean {
    const plain = address?.replace(/%.*$/, '') ?? ''
    const family = familyOf(plain)
    return family !== undefined && this.#list.check(plain, family)
  }
}

interface Range {
  readonly address: string
  readonly bits: number
  readonly family: 'ipv4' | 'ipv6'
}

function parse(text: string): Range | undefined {
  const [, address = '', bits] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = familyOf(address)
  if (family === undefined) return undefined
  const whole = family === 'ipv4' ? 32 : 128
  const wanted = bits === undefined ? whole : Number(bits)
  return wanted <= whole ? { address, bits: wanted, family } : undefined
}

function familyOf(address: string): Range['family'] | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}
