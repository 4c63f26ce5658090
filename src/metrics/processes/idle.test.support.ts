import { Registry } from '../registry.ts'
import { serveMetrics } from './serve-metrics.ts'

/** Serves and has nothing else to do: it must end by itself, unless the application listens too. */
serveMetrics(new Registry())
if (process.argv[2] === 'listen') {
  const listener = (): void => {
    process.send?.('heard')
    process.off('message', listener)
  }
  process.on('message', listener)
}
