import { once } from 'node:events'
import { createServer } from 'node:http'
/** A real HTTP server on a free port of the loopback interface. */
export async function serve(handle) {
  const server = createServer(handle).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('BUG: a listening server without a port')
  const close = () => {
    server.close()
    server.closeAllConnections()
  }
  return { url: new URL(`http://127.0.0.1:${address.port}`), close }
}
//# sourceMappingURL=serve.js.map
