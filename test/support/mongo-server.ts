import { BSON } from 'mongodb'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { portOf } from './port-of.ts'

const OP_MSG = 2013
const HEADER = 16
const FLAGS = 4

/** What the server answers, at once or later; undefined: it knows no such command. */
export type MongoAnswers = Readonly<Record<string, (command: BSON.Document) => BSON.Document | Promise<BSON.Document>>>

const hello = (): BSON.Document => ({
  ok: 1,
  isWritablePrimary: true,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  minWireVersion: 0,
  maxWireVersion: 25,
})

/**
 * A server with MongoDB's wire protocol (messages `OP_MSG`) and nothing behind it, for the real driver. Debian has no MongoDB.
 * @returns the address to connect to: with `serverApi: '1'` the driver speaks nothing older
 */
export async function startMongoServer(answers: MongoAnswers): Promise<{ url: string; stop(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    let rest = Buffer.alloc(0)
    socket.on('data', (bytes) => {
      rest = Buffer.concat([rest, bytes])
      while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
        const message = rest.subarray(0, rest.readInt32LE(0))
        rest = rest.subarray(message.length)
        void answer(message, answers).then((reply) => socket.write(reply))
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `mongodb://127.0.0.1:${portOf(server)}/?directConnection=true`,
    stop: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function answer(message: Buffer, answers: MongoAnswers): Promise<Buffer> {
  const command = read(message)
  const [name = ''] = Object.keys(command)
  const known = name === 'hello' ? hello : name === 'ping' || name === 'endSessions' ? () => ({ ok: 1 }) : answers[name]
  const document = known === undefined ? { ok: 0, code: 59, errmsg: `no such command: ${name}` } : await known(command)
  const body = BSON.serialize(document)
  const head = Buffer.alloc(HEADER + FLAGS + 1)
  for (const [at, value] of [head.length + body.length, 1, message.readInt32LE(4), OP_MSG].entries()) {
    head.writeInt32LE(value, at * 4)
  }
  return Buffer.concat([head, body])
}

/** One document, and lists of them by name: sections of kind 0 and 1. */
function read(message: Buffer): BSON.Document {
  if (message.readInt32LE(12) !== OP_MSG) throw new Error('the driver has sent something older than OP_MSG')
  let command: BSON.Document = {}
  let at = HEADER + FLAGS
  while (at < message.length) {
    const kind = message.readUInt8(at)
    const section = message.subarray(at + 1, at + 1 + message.readInt32LE(at + 1))
    at += 1 + section.length
    if (kind === 0) command = { ...BSON.deserialize(section), ...command }
    else {
      const end = section.indexOf(0, 4)
      const documents: BSON.Document[] = []
      for (let start = end + 1; start < section.length; start += section.readInt32LE(start)) {
        documents.push(BSON.deserialize(section.subarray(start, start + section.readInt32LE(start))))
      }
      command[section.toString('utf8', 4, end)] = documents
    }
  }
  return command
}
