import type { LineSink } from './shipper.ts'
import type { SinkSurroundings } from './sink.ts'
import type { SinkOptions } from './sink-options.ts'

/** @throws TypeError or RangeError for what cannot be, Error when a file or the folder of the spool cannot be had. */
export async function createSink(options: SinkOptions, surroundings: SinkSurroundings): Promise<LineSink> {
  // Who ships nothing does not load how.
  const { openSink } = await import('./sink.ts')
  return openSink(options, surroundings)
}
