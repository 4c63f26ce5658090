import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { portOf } from './port-of.ts'
import { ServerProcess } from './server-process.ts'

/** As they stand on the wire. */
export type HeaderLine = readonly [name: string, value: string]

/** What a call that the service made carried. */
export interface Carried {
  readonly traceId: string
  readonly parentId: string
  readonly flags: number
  /** By key, in their order. */
  readonly state: ReadonlyMap<string, string>
  readonly baggage: string | undefined
}

const TRACEPARENT = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/
const MEMBER = /^([a-z0-9][a-z0-9_\-*/@]{0,255})=([\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])$/
const MAX_MEMBERS = 32

/** Asks a service to call back, as the W3C test protocol has it, and reads what it calls with, strictly. */
export class TraceContextHarness {
  readonly #process: ServerProcess
  readonly #port: number
  readonly #receiver: Server
  readonly #arrived: string[][] = []

  private constructor(process: ServerProcess, port: number, receiver: Server) {
    this.#process = process
    this.#port = port
    this.#receiver = receiver
    receiver.on('request', (request, response) => {
      this.#arrived.push(request.rawHeaders)
      request.resume().on('end', () => response.end())
    })
  }

  /** Starts `trace-context-service.mjs` with these arguments. */
  static async start(args: readonly string[]): Promise<TraceContextHarness> {
    const program = fileURLToPath(new URL('trace-context-service.mjs', import.meta.url))
    const process = new ServerProcess(globalThis.process.execPath, [program, ...args])
    const [, port] = await process.printed(/listening on (\d+)/, 20_000)
    const receiver = createServer().listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    return new TraceContextHarness(process, Number(port), receiver)
  }

  /** What the service sends on, over so many calls, when it is asked with these headers. */
  async ask(headers: readonly HeaderLine[], calls = 1): Promise<readonly Carried[]> {
    const url = `http://127.0.0.1:${portOf(this.#receiver)}/callback`
    const body = JSON.stringify(Array.from({ length: calls }, () => ({ url, arguments: [] })))
    const lines = [
      'POST /test HTTP/1.1',
      `host: 127.0.0.1:${this.#port}`,
      'connection: close',
      'content-type: application/json',
      `content-length: ${body.length}`,
      ...headers.map(([name, value]) => `${name}:${value}`),
    ]
    this.#arrived.length = 0
    const socket = connect(this.#port, '127.0.0.1')
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1')
    const answer = await text(socket)
    if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error(`the service answered ${answer.slice(0, 200)}`)
    if (this.#arrived.length !== calls) throw new Error(`${this.#arrived.length} calls instead of ${calls}`)
    return this.#arrived.map(read)
  }

  async stop(): Promise<void> {
    this.#receiver.close()
    this.#receiver.closeAllConnections()
    await this.#process.stop()
  }
}

/** @throws for what is malformed, doubled or too much. */
function read(raw: readonly string[]): Carried {
  const valuesOf = (wanted: string): string[] =>
    raw.flatMap((name, i) => (i % 2 === 0 && name.toLowerCase() === wanted ? [raw[i + 1] ?? ''] : []))
  const parents = valuesOf('traceparent')
  const [, traceId, parentId, flags] = TRACEPARENT.exec(parents.join(', ')) ?? []
  if (traceId === undefined || parentId === undefined || flags === undefined) {
    throw new Error(`no traceparent, or not one: ${JSON.stringify(parents)}`)
  }
  const state = new Map<string, string>()
  const members = valuesOf('tracestate').flatMap((value) => value.split(','))
  for (const member of members) {
    const [, key, value] = MEMBER.exec(member.replace(/^[ \t]+|[ \t]+$/g, '')) ?? []
    if (key === undefined || value === undefined) throw new Error(`no member of tracestate: ${JSON.stringify(member)}`)
    if (state.has(key)) throw new Error(`twice in tracestate: ${key}`)
    state.set(key, value)
  }
  if (state.size > MAX_MEMBERS) throw new Error(`${state.size} members of tracestate`)
  const [baggage, ...more] = valuesOf('baggage')
  if (more.length > 0) throw new Error('baggage in several lines')
  return { traceId, parentId, flags: Number.parseInt(flags, 16), state, baggage }
}
