/** The body, decompressed. @throws RangeError once it is longer than `maxBytes`; the rest is not read. */
export async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of response.body ?? []) {
    length += piece.length
    if (length > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`)
    pieces.push(piece)
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, length)
}
