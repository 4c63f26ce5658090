import { AsyncLocalStorage } from 'node:async_hooks'
import pino, { type DestinationStream } from 'pino'
import { createLogger, createRedactor, LogTail, type LoggerOptions, type RootLogger } from 'boxman/logging'
import { createIdSource, currentContext, extractContext, runWithContext } from 'boxman/tracing'
import type { Case, Contender, Work } from '../case.ts'

const PINO = 'pino 10.4.0'
const MESSAGE = 'Dice have been rolled'
const NAMES = ['number', 'route', 'table', 'amount']

interface Ids {
  readonly correlation_id: string
  readonly trace_id: string
  readonly span_id: string
  readonly user_id: string
}

/** As many characters as were written, so that no line is for nothing. */
let written = 0
const sink: DestinationStream = {
  write: (line) => {
    written += line.length
  },
}

/** As standard output takes lines: as bytes. */
const bytes = Buffer.alloc(65_536)
const byteSink: DestinationStream = { write: (line) => void bytes.write(line) }

function ours(options: LoggerOptions = {}): RootLogger {
  return createLogger({ service: 'bench', now: Date.now, destination: sink, ...options })
}

function theirs(options: pino.LoggerOptions = {}, destination = sink): pino.Logger {
  return pino({ base: { service: 'bench' }, ...options }, destination)
}

interface Rolls {
  info(fields: object, message: string): void
  debug(fields: object, message: string): void
}

function rolls(log: Rolls): Work {
  return (times) => {
    for (let i = 0; i < times; i++)
      log.info({ number: i, route: '/tables/:id/rolls', table: 'T7', amount: 25 }, MESSAGE)
  }
}

function disabled(log: Rolls): Work {
  return (times) => {
    for (let i = 0; i < times; i++) log.debug({ number: i, table: 'T7' }, MESSAGE)
  }
}

const ids = createIdSource()

/** In a context, as a request's lines are written. */
function inContext(make: () => Work): Contender {
  return () => {
    const context = extractContext({ 'x-correlation-id': 'bet-42' }, ids)
    context.userId = 'player-7'
    const work = make()
    return (times) => runWithContext(context, () => work(times))
  }
}

/** A new context every few lines, as requests come. */
function inContexts(make: () => Work, lines: number): Contender {
  return () => {
    const work = make()
    return (times) => {
      for (let i = 0; i < times; i += lines) {
        const context = extractContext({}, ids)
        context.userId = 'player-7'
        void runWithContext(context, () => work(lines))
      }
    }
  }
}

const storage = new AsyncLocalStorage<Ids>()

function inStore(make: () => Work): Contender {
  return () => {
    const work = make()
    const { correlationId, traceId, spanId } = extractContext({ 'x-correlation-id': 'bet-42' }, ids)
    const store = { correlation_id: correlationId, trace_id: traceId, span_id: spanId, user_id: 'player-7' }
    return (times) => storage.run(store, () => work(times))
  }
}

const mixin = (): object => storage.getStore() ?? {}
const context = currentContext
const LIMIT = { perSecond: 1e6, burst: 1e6, oneIn: 0 }
const TAIL = { lines: 5000, bytes: 1_048_576 }

const bare: Contender = () => rolls(theirs())
/** Paths that the lines do not have. */
const REDACT = ['card.number', 'headers.authorization']

export const cases: readonly Case[] = [
  {
    name: 'a line with ids of a context',
    unit: 'ns CPU',
    ours: inContext(() => rolls(ours({ context }))),
    peer: bare,
    peerName: `${PINO} without ids`,
  },
  {
    name: 'a line with ids of a context that writes three lines',
    unit: 'ns CPU',
    ours: inContexts(() => rolls(ours({ context })), 3),
    peer: inContexts(() => rolls(theirs()), 3),
    peerName: `${PINO} without ids`,
  },
  {
    name: 'a line with ids of a context',
    unit: 'ns CPU',
    ours: inContext(() => rolls(ours({ context }))),
    peer: inStore(() => rolls(theirs({ mixin }))),
    peerName: `${PINO} with a mixin of four ids`,
  },
  {
    name: 'a line with ids, made bytes',
    unit: 'ns CPU',
    ours: inContext(() => rolls(ours({ context, destination: byteSink }))),
    peer: () => rolls(theirs({}, byteSink)),
    peerName: `${PINO} without ids`,
  },
  {
    name: 'a line with ids, made bytes, with a limit and a tail: as a service writes it',
    unit: 'ns CPU',
    ours: inContext(() => rolls(ours({ context, limit: LIMIT, sinks: [new LogTail(TAIL)], destination: byteSink }))),
    peer: () => rolls(theirs({}, byteSink)),
    peerName: `${PINO} without ids`,
  },
  { name: 'a line without ids', unit: 'ns CPU', ours: () => rolls(ours()), peer: bare, peerName: PINO },
  {
    name: "pino's own line with a mixin of four ids",
    unit: 'ns CPU',
    ours: inStore(() => rolls(theirs({ mixin }))),
    peer: bare,
    peerName: `${PINO} without ids`,
  },
  {
    name: 'a line whose level is off',
    unit: 'ns CPU',
    ours: () => disabled(ours({ levels: { 'wallet.*': 'debug' } }).child('tables')),
    peer: () => disabled(theirs().child({ module: 'tables' })),
    peerName: PINO,
  },
  {
    name: 'a line without a secret, looked through for secrets',
    unit: 'ns CPU',
    ours: () => rolls(ours()),
    peer: () =>
      rolls(ours({ redactor: { text: (text) => text, field: (_, value) => value, fields: (fields) => fields } })),
    peerName: 'the same, not looked through',
  },
  {
    name: 'a line with two more paths to redact that are absent',
    unit: 'ns CPU',
    ours: () => rolls(ours({ redactor: createRedactor({ paths: REDACT }) })),
    peer: () => rolls(ours()),
    peerName: 'the same without these paths',
  },
  {
    name: "pino's own line with two paths to redact that are absent",
    unit: 'ns CPU',
    ours: () => rolls(theirs({ redact: REDACT })),
    peer: bare,
    peerName: `${PINO} that redacts nothing`,
  },
  {
    name: 'a line of always the same fields, by lines()',
    unit: 'ns CPU',
    ours: () => {
      const write = ours().lines(MESSAGE, NAMES)
      return (times) => {
        for (let i = 0; i < times; i++) write('info', [i, '/tables/:id/rolls', 'T7', 25])
      }
    },
    peer: bare,
    peerName: PINO,
  },
]

process.once('exit', () => {
  if (Number.isNaN(written)) process.stderr.write('no line was written\n')
})
