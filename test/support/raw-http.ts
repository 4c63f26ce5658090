import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  /** Names are small. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends bytes to a port of this machine, and reads what comes until the other side is done, or has been still for a while. */
export function exchange(port: number, pieces: readonly (string | Uint8Array)[], stillMs = 20_000): Promise<string> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => {
      for (const piece of pieces) socket.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)
    })
    const end = (): void => {
      socket.destroy()
      resolve(Buffer.concat(received).toString('latin1'))
    }
    socket.setTimeout(stillMs, end)
    socket.on('data', (piece) => received.push(piece))
    socket.once('error', end)
    socket.once('close', end)
  })
}

/** The answers in a text of HTTP/1.1; undefined when it is none. @param method of the requests that they answer, one by one. */
export function readAnswers(text: string, methods: readonly string[]): readonly RawAnswer[] | undefined {
  const answers: RawAnswer[] = []
  let rest = text
  while (rest !== '') {
    const end = rest.indexOf('\r\n\r\n')
    const [start = '', ...lines] = rest.slice(0, Math.max(end, 0)).split('\r\n')
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) [\t -~]*$/.exec(start)?.[1] ?? Number.NaN)
    if (end < 0 || Number.isNaN(status)) return undefined
    const headers: Record<string, string> = {}
    for (const line of lines) {
      const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\t -~\u0080-\u00ff]*)$/.exec(line) ?? []
      if (name === undefined) return undefined
      headers[name.toLowerCase()] = value
    }
    rest = rest.slice(end + 4)
    if (status === 100) continue
    const empty = methods[answers.length] === 'HEAD' || status === 204 || status === 304
    const read = empty ? { body: '', rest } : readBody(rest, headers)
    if (read === undefined) return undefined
    rest = read.rest
    answers.push({ status, headers, body: read.body })
  }
  return answers
}

function readBody(text: string, headers: Readonly<Record<string, string>>): { body: string; rest: string } | undefined {
  const length = headers['content-length']
  if (headers['transfer-encoding'] === 'chunked') return readChunks(text)
  if (length === undefined) return headers['connection'] === 'close' ? { body: text, rest: '' } : undefined
  if (text.length < Number(length)) return undefined
  return { body: text.slice(0, Number(length)), rest: text.slice(Number(length)) }
}

function readChunks(text: string): { body: string; rest: string } | undefined {
  let [body, rest] = ['', text]
  for (;;) {
    const [head, size] = /^([\da-f]+)\r\n/i.exec(rest) ?? []
    if (head === undefined || size === undefined) return undefined
    const bytes = Number.parseInt(size, 16)
    if (rest.slice(head.length + bytes, head.length + bytes + 2) !== '\r\n') return undefined
    body += rest.slice(head.length, head.length + bytes)
    rest = rest.slice(head.length + bytes + 2)
    if (bytes === 0) return { body, rest }
  }
}
