import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface PathProxy {
  readonly origin: string
  readonly close: () => Promise<void>
}

/**
 * A small reverse proxy for what is beneath a path. `strips`: as nginx with `proxy_pass http://host/`, which takes the path off,
 * and redirects who leaves out its slash.
 */
export async function proxyPath(path: string, target: string, strips: boolean): Promise<PathProxy> {
  const server = createServer((asked, answer) => {
    const url = asked.url ?? '/'
    const [asksFor = ''] = url.split('?', 1)
    if (strips && asksFor === path) {
      answer.writeHead(301, { location: `${path}/${url.slice(path.length)}` }).end()
      return
    }
    if (asksFor !== path && !asksFor.startsWith(`${path}/`)) {
      answer.writeHead(404).end('of somebody else')
      return
    }
    const { method, headers } = asked
    const passed = request(
      new URL(strips ? url.slice(path.length) : url, target),
      { ...(method === undefined ? {} : { method }), headers },
      (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders)
        answer.flushHeaders()
        response.pipe(answer)
      },
    )
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a server that listens on a port
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
