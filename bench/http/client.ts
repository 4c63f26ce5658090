import { connect, type Socket } from 'node:net'

const CONNECTIONS = 16
const HEAD_END = '\r\n\r\n'

/** Requests over kept connections, one at a time on each: as little work here as can be, for it has the processor of the servers. */
export class Client {
  readonly #port: number
  #sockets: Socket[] = []

  constructor(port: number) {
    this.#port = port
  }

  async burst(requests: number): Promise<void> {
    // A server closes what has rested for five seconds.
    this.#sockets = this.#sockets.filter(({ destroyed }) => !destroyed)
    while (this.#sockets.length < CONNECTIONS) this.#sockets.push(await open(this.#port))
    let next = 0
    await Promise.all(
      this.#sockets.map(async (socket) => {
        while (next < requests) await exchange(socket, next++)
      }),
    )
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

async function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay(true).setEncoding('latin1')))
    socket.once('error', reject)
  })
}

async function exchange(socket: Socket, id: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const take = (part: string): void => {
      answer += part
      const head = answer.indexOf(HEAD_END)
      if (head < 0 || answer.length < head + HEAD_END.length + lengthOf(answer.slice(0, head))) return
      socket.off('data', take).off('close', gone)
      if (answer.startsWith('HTTP/1.1 200 ')) resolve()
      else reject(new Error(`a server answered ${answer.slice(0, answer.indexOf('\r'))}`))
    }
    const gone = (): void => reject(new Error('a server closed the connection'))
    socket.on('data', take).once('close', gone)
    socket.write(
      `GET /api/users/${id} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\nAccept-Encoding: gzip\r\n\r\n`,
    )
  })
}

function lengthOf(head: string): number {
  return Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? NaN)
}
