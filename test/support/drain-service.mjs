// A service that ends by itself at a signal: GET /hold answers once the line `release` has come in on standard input, /now at once.
// Plain JavaScript, on the built package. Says where it is, and what it sees, in lines on standard output.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'
import { createBoxman } from 'boxman'

const [delayMs = '0', graceMs = '20000'] = process.argv.slice(2)
const boxman = await createBoxman({
  service: 'drain',
  log: false,
  store: false,
  admin: { port: 0 },
  drain: { delayMs: Number(delayMs), graceMs: Number(graceMs) },
})
const held = new Set()
const server = createServer((request, response) => {
  if (request.url === '/now') return void response.end('now')
  held.add(response)
  if (request.url === '/stream') response.write('begun ')
  console.log(`held ${held.size}`)
})
boxman.instrument.http(server)
boxman.exitOnSignals({
  servers: [server],
  close: () => console.log('closed by the application'),
})
server.listen(0, '127.0.0.1', () => {
  console.log(`at http://127.0.0.1:${server.address().port} admin ${boxman.admin.url}`)
})
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'release') for (const response of held) response.end('whole')
})
