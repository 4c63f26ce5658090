/** The head of a frame, RFC 6455 section 5.2: FIN, RSV1 and opcode; mask and length; more length. */
const FIN = 0x80
const RSV1 = 0x40
const OPCODE = 0x0f
const LENGTH = 0x7f
const LENGTH_16 = 126
const LENGTH_64 = 127

export const CONTINUATION = 0
export const BINARY = 2
/** From here on opcodes are control frames. */
export const CONTROL = 8

export interface FrameHead {
  readonly opcode: number
  readonly last: boolean
  /** The first frame of a compressed message. */
  readonly compressed: boolean
  readonly payloadBytes: number
}

export function readFrameHead(frame: Buffer): FrameHead {
  const first = frame.readUInt8(0)
  const length = frame.readUInt8(1) & LENGTH
  return {
    opcode: first & OPCODE,
    last: (first & FIN) !== 0,
    compressed: (first & RSV1) !== 0,
    payloadBytes:
      length === LENGTH_16
        ? frame.readUInt16BE(2)
        : length === LENGTH_64
          ? frame.readUInt32BE(2) * 2 ** 32 + frame.readUInt32BE(6)
          : length,
  }
}
