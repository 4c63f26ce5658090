const MAX_DEPTH = 16

export type Message = null | boolean | number | string | Buffer | readonly Message[] | ReadonlyMap<string, Message>

/** What a server of the forward protocol says, from the first byte on; undefined: it goes on. @throws Error for what is none. */
export function readMessagePack(bytes: Buffer): { readonly message: Message; readonly length: number } | undefined {
  const reader = new Reader(bytes)
  try {
    const message = reader.value(0)
    return { message, length: reader.at }
  } catch (error) {
    if (error === CUT) return undefined
    throw error
  }
}

const CUT = new Error('the message goes on')

class Reader {
  readonly #bytes: Buffer
  at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  value(depth: number): Message {
    if (depth > MAX_DEPTH) throw new Error(`MessagePack nests deeper than ${MAX_DEPTH}`)
    const code = this.#uint(1)
    if (code < 0x80) return code
    if (code < 0x90) return this.#map(code - 0x80, depth)
    if (code < 0xa0) return this.#array(code - 0x90, depth)
    if (code < 0xc0) return this.#take(code - 0xa0).toString()
    if (code >= 0xe0) return code - 0x100
    switch (code) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#uint(2 ** (code - 0xc4)))
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint(2 ** (code - 0xcc))
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#take(this.#uint(2 ** (code - 0xd9))).toString()
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 ** (code - 0xdb)), depth)
      case 0xde:
      case 0xdf:
        return this.#map(this.#uint(2 ** (code - 0xdd)), depth)
      default:
        throw new Error(`MessagePack of type 0x${code.toString(16)} has no place in the forward protocol`)
    }
  }

  #array(length: number, depth: number): readonly Message[] {
    const items: Message[] = []
    for (let i = 0; i < length; i++) items.push(this.value(depth + 1))
    return items
  }

  #map(length: number, depth: number): ReadonlyMap<string, Message> {
    const map = new Map<string, Message>()
    for (let i = 0; i < length; i++) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string' && !Buffer.isBuffer(key)) throw new Error('MessagePack whose keys are no texts')
      map.set(key.toString(), this.value(depth + 1))
    }
    return map
  }

  #uint(length: number): number {
    return this.#take(length).readUIntBE(0, length)
  }

  #take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw CUT
    this.at += length
    return this.#bytes.subarray(this.at - length, this.at)
  }
}
