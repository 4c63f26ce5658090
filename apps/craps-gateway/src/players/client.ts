import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { currentContext, outgoingHeaders } from 'boxman/tracing'

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly token?: string | undefined
  readonly body?: string
}

export type Reply =
  | { readonly kind: 'answer'; readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  /** No answer: refused, reset, timed out. */
  | { readonly kind: 'failed'; readonly detail: string }

/** Where a client hangs up: with half of its body sent, or right after all of it. */
export type HangUp = 'half-way' | 'before-the-answer'

export interface ClientOptions {
  readonly gateway: URL
  /** Connections kept alive. */
  readonly maxSockets: number
  readonly timeoutMs: number
}

const MAX_ANSWER_BYTES = 1_000_000

/** JSON over kept-alive connections. Never rejects. */
export class Client {
  readonly #gateway: URL
  readonly #agent: Agent
  readonly #timeoutMs: number

  constructor({ gateway, maxSockets, timeoutMs }: ClientOptions) {
    this.#gateway = gateway
    this.#agent = new Agent({ keepAlive: true, maxSockets, maxFreeSockets: maxSockets })
    this.#timeoutMs = timeoutMs
  }

  async send(call: Call): Promise<Reply> {
    return await new Promise((resolve) => {
      const sent = this.#request(call)
      const fail = (error: Error): void => resolve({ kind: 'failed', detail: error.message })
      sent.on('error', fail)
      sent.on('response', (answer) => {
        answer.on('error', fail)
        read(answer, resolve)
      })
      sent.end(call.body)
    })
  }

  /** Settles when the connection has been cut. */
  async hangUp(call: Call, where: HangUp): Promise<void> {
    await new Promise<void>((resolve) => {
      const sent = this.#request(call)
      const cut = (): void => {
        sent.destroy()
      }
      sent.on('error', () => {})
      sent.on('response', (answer) => answer.on('error', () => {}).resume())
      sent.on('close', resolve)
      const { body = '' } = call
      // The half must be on its way before the cut, or the gateway would never hear of the request.
      if (where === 'half-way') sent.write(body.slice(0, body.length / 2), () => setTimeout(cut, 5))
      else sent.end(body, cut)
    })
  }

  /** Cuts whatever is under way. */
  close(): void {
    this.#agent.destroy()
  }

  #request({ method, path, token, body }: Call): ClientRequest {
    const context = currentContext()
    const sent = request(new URL(path, this.#gateway), {
      method,
      agent: this.#agent,
      headers: {
        ...(context !== undefined && outgoingHeaders(context)),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
      },
    })
    // The whole exchange, not only silence on the socket.
    const timer = setTimeout(() => sent.destroy(new Error(`no answer in ${this.#timeoutMs} ms`)), this.#timeoutMs)
    sent.on('close', () => clearTimeout(timer))
    return sent
  }
}

function read(answer: IncomingMessage, resolve: (reply: Reply) => void): void {
  const chunks: Buffer[] = []
  let bytes = 0
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > MAX_ANSWER_BYTES) answer.destroy(new Error(`an answer above ${MAX_ANSWER_BYTES} bytes`))
    else chunks.push(chunk)
  })
  answer.on('end', () => {
    resolve({ kind: 'answer', status: answer.statusCode ?? 0, body: readObject(Buffer.concat(chunks).toString()) })
  })
}

/** Empty for what is no JSON object. */
export function readObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
