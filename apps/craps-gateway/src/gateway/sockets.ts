import type { WebSocket, WebSocketServer } from 'ws'
import type { Topics } from 'boxman/instrument'

interface Request {
  readonly op: 'subscribe' | 'unsubscribe'
  readonly topic: string
}

/** Lets players subscribe to tables and proofs. `isTopic` keeps strangers from inventing topics. */
export function serveSockets(server: WebSocketServer, topics: Topics, isTopic: (topic: string) => boolean): void {
  server.on('connection', (socket) => {
    socket.on('error', () => socket.terminate())
    socket.on('message', (data, isBinary) => {
      answer(socket, topics, isTopic, !isBinary && Buffer.isBuffer(data) ? read(data.toString()) : undefined)
    })
  })
}

function answer(
  socket: WebSocket,
  topics: Topics,
  isTopic: (topic: string) => boolean,
  request: Request | undefined,
): void {
  const send = (reply: object): void => socket.send(JSON.stringify(reply))
  if (request === undefined) {
    send({ op: 'refused', reason: 'send {"op":"subscribe"|"unsubscribe","topic":"table:T1"|"proofs"}' })
    return
  }
  const { op, topic } = request
  if (!isTopic(topic)) {
    send({ op: 'refused', topic, reason: 'no such topic' })
    return
  }
  const done = op === 'subscribe' ? topics.subscribe(socket, topic) : topics.unsubscribe(socket, topic)
  if (done) send({ op: `${op}d`, topic })
  else send({ op: 'refused', topic, reason: op === 'subscribe' ? 'already subscribed' : 'not subscribed' })
}

function read(text: string): Request | undefined {
  let given: unknown
  try {
    given = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof given !== 'object' || given === null || !('op' in given) || !('topic' in given)) return undefined
  const { op, topic } = given
  if ((op !== 'subscribe' && op !== 'unsubscribe') || typeof topic !== 'string' || topic.length > 100) return undefined
  return { op, topic }
}
