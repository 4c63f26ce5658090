/** Packs a page as it comes, beside the event loop. node:zlib is loaded when the first page asks for it. */
export async function* gzip(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const [{ constants, createGzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')])
  const packer = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 64 * 1024 })
  // A fault of the page arrives at the reader of the packer; a reader who leaves ends the page.
  pipeline(pieces, packer, () => undefined)
  yield* packer
}
