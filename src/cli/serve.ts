import type { ArgsDef, CommandDef } from 'citty'
import { BoxmanError, createServer, readServeOptions } from '../runtime/index.ts'

/** For the help alone: readServeOptions reads them, and refuses what is not among them. */
const ARGS: ArgsDef = {
  listen: { type: 'string', valueHint: 'HOST:PORT', description: 'Where to listen; default 127.0.0.1:9090.' },
  data: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Where samples outlive the process; without it, in memory alone.',
  },
  retention: {
    type: 'string',
    valueHint: 'D',
    description: 'How long a sample is kept; default 15d, in memory alone 1d.',
  },
  'retention-size': {
    type: 'string',
    valueHint: 'SIZE',
    description: 'Of memory, and of disk with --data; default 512MB.',
  },
  'prometheus-config': { type: 'string', valueHint: 'FILE', description: 'A prometheus.yml: what to scrape.' },
  'alertmanager-config': {
    type: 'string',
    valueHint: 'FILE',
    description: 'An alertmanager.yml: who is told of alerts, those of rules and those that are posted.',
  },
  'alertmanager-url': {
    type: 'string',
    valueHint: 'URL',
    description: 'An Alertmanager that is told of the alerts of rules; again for each further one.',
  },
  'external-url': { type: 'string', valueHint: 'URL', description: 'Where people reach this server, for links.' },
  'heartbeat-url': {
    type: 'string',
    valueHint: 'URL',
    description: 'Asked again and again while rules are evaluated and alerts find their way.',
  },
  'heartbeat-interval': { type: 'string', valueHint: 'D', description: 'How often; default 1m.' },
  'heartbeat-method': { type: 'string', valueHint: 'METHOD', description: 'GET, HEAD, POST or PUT; default POST.' },
  rules: {
    type: 'string',
    valueHint: 'FILE...',
    description: 'Files of rules, besides those that the configuration names.',
  },
  'query-backend': {
    type: 'string',
    valueHint: 'URL',
    description: 'A Prometheus, VictoriaMetrics or Mimir that queries and rules ask in place of the own store.',
  },
  'remote-write-receiver': { type: 'boolean', description: 'Takes remote write at /api/v1/write.' },
  'enable-lifecycle': { type: 'boolean', description: 'POST /-/reload and /-/quit do what they say.' },
  insecure: { type: 'boolean', description: 'Lets everybody ask who reaches the address of --listen.' },
}

export const serve: CommandDef = {
  meta: { name: 'serve', description: 'Runs a small Prometheus: scrapes, stores, answers PromQL.' },
  args: ARGS,
  async run({ rawArgs }) {
    try {
      await runServer(rawArgs)
    } catch (error) {
      if (!(error instanceof BoxmanError)) throw error
      process.stderr.write(`${error.message}\n`)
      process.exitCode = 1
    }
  },
}

/** Until it is told to end. A signal that comes while the data is read ends it at once, as a kill does. */
async function runServer(args: readonly string[]): Promise<void> {
  const options = readServeOptions(args)
  let end: () => void = () => undefined
  const signalled = new Promise<void>((resolve) => {
    end = resolve
  })
  const starting = createServer(options, undefined, () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, end)
  })
  process.on('SIGHUP', () => {
    starting.then(
      (server) => server.reload(),
      () => undefined,
    )
  })
  const server = await starting
  await Promise.race([signalled, server.quit])
  await server.stop()
}
