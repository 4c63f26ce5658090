// A service that fails by what it is told: `crash-service.mjs HOW [without] [FOLDER]`. Plain JavaScript, on the built package.
// With `without`, the same without Boxman. With FOLDER, its lines go to a file and a spool there too.
import { setImmediate as turn, setTimeout } from 'node:timers/promises'

const [how = '', mode = '', folder = ''] = process.argv.slice(2)
let boxman
if (mode !== 'without') {
  const { createBoxman } = await import('boxman')
  const ship = [
    { kind: 'file', path: 'app.log', delayMs: 60_000 },
    { kind: 'elasticsearch', url: 'http://127.0.0.1:9', spool: 'spool', delayMs: 60_000 },
  ]
  boxman = await createBoxman(
    {
      service: 'crash',
      store: false,
      admin: false,
      thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 },
      ...(folder === '' ? {} : { log: { ship } }),
    },
    folder === '' ? {} : { cwd: folder },
  )
  boxman.log.warn('the last but one')
}

class Gone extends Error {
  name = 'Gone'
}

const handlers = {
  caught: () => process.on('uncaughtException', (error, origin) => console.error(`own ${origin} ${error.message}`)),
  handled: () => process.on('unhandledRejection', (reason) => console.error(`own rejection ${reason.message}`)),
  exits: () =>
    process.on('uncaughtException', () => {
      process.exit(7)
    }),
  captured: () => process.setUncaughtExceptionCaptureCallback((error) => console.error(`captured ${error.message}`)),
}
const [kind, handler] = how.split('-')
handlers[handler]?.()

if (kind === 'throw') {
  setImmediate(() => {
    throw new Gone('the table is gone')
  })
} else if (kind === 'text') {
  setImmediate(() => {
    throw 'the table is gone'
  })
} else if (kind === 'late') {
  setImmediate(() => {
    const rejected = Promise.reject(new Gone('the table is gone'))
    setImmediate(() => void rejected.catch(() => undefined))
  })
} else {
  setImmediate(() => void Promise.reject(new Gone('the table is gone')))
}
await setTimeout(50)
// On a busy machine that may be before the second of the callbacks above.
for (let i = 0; i < 3; i++) await turn()
if (boxman !== undefined) {
  const page = (await boxman.metrics.collect()).find(({ name }) => name === 'boxman_process_uncaught_total')
  for (const { labels, value } of page?.series ?? []) if (value > 0) boxman.log.info(`counted ${labels.kind} ${value}`)
  await boxman.log.flush()
}
console.error('lived on')
process.exit(3)
