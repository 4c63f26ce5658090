// A service of the W3C Trace Context test protocol: given [{ url, arguments }], it posts the arguments to each url and then
// answers. `http` and `fetch`, `http` and `request`, or `express` and `fetch`, by its arguments. Plain JavaScript, on the built package.
import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import { createBoxman } from 'boxman'
import express from 'express'

const [framework, client] = process.argv.slice(2)
const boxman = await createBoxman({ service: 'w3c', log: false, admin: { port: 0 } })
boxman.instrument.outgoing()

const headers = { 'content-type': 'application/json' }
const senders = {
  async fetch(url, body) {
    await (await fetch(url, { method: 'POST', headers, body })).arrayBuffer()
  },
  async request(url, body) {
    const sent = httpRequest(url, { method: 'POST', headers }).end(body)
    const [response] = await once(sent, 'response')
    await once(response.resume(), 'end')
  },
}
const send = senders[client]

async function pass(calls) {
  for (const call of calls) await send(call.url, JSON.stringify(call.arguments))
}

async function bodyOf(request) {
  const pieces = []
  for await (const piece of request) pieces.push(piece)
  return JSON.parse(Buffer.concat(pieces))
}

const servers = {
  http() {
    const server = createServer((request, response) => {
      void bodyOf(request)
        .then(pass)
        .then(() => response.end())
    })
    boxman.instrument.http(server)
    return server
  },
  express() {
    const app = express()
    boxman.instrument.express(app)
    app.post('/test', express.json(), (request, response, next) => {
      pass(request.body).then(() => response.sendStatus(200), next)
    })
    return createServer(app)
  },
}
const server = servers[framework]().listen(0, '127.0.0.1')
await once(server, 'listening')
console.log(`listening on ${server.address().port}`)
process.once('SIGTERM', () => {
  server.close()
  void boxman.stop()
})
