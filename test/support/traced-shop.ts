import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { type Boxman, createBoxman } from '../../src/runtime/index.ts'
import { portOf } from './port-of.ts'

/** A service that makes traces and writes lines, with its console. */
export interface TracedShop {
  readonly boxman: Boxman
  /** Where the console is. */
  readonly url: string
  /** Asks the shop: `/orders` fails in its wallet, everything else goes well. */
  buy(path: string): Promise<void>
  close(): Promise<void>
}

export async function tracedShop(): Promise<TracedShop> {
  const boxman = await createBoxman(
    {
      service: 'shop',
      admin: { port: 0 },
      store: { intervalMs: 1000 },
      log: { tail: { lines: 400 } },
      thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 },
    },
    { env: {}, cwd: tmpdir(), logDestination: { write: () => undefined } },
  )
  const [wallet, db] = [boxman.logger('wallet'), boxman.logger('wallet.db')]
  const { tracer } = boxman
  if (tracer === undefined) throw new Error('BUG: there are no traces')
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      await tracer.withSpan('load cart', async (span) => {
        span.setAttribute('cart.size', 3)
        db.debug({ table: 'carts' }, 'Select')
        await tracer.withSpan('redis get', () => pause(4))
      })
      wallet.info({ amount: 5, user: { id: 'p7', tier: 'gold' } }, 'Charged')
      if (request.url === '/orders') {
        await tracer
          .withSpan('debit wallet', async () => {
            await pause(20)
            throw new Error('insufficient funds')
          })
          .catch((error: unknown) => {
            wallet.error(error instanceof Error ? error : {}, 'Debit failed')
            response.statusCode = 500
          })
      }
      response.end()
    }
    void answer()
  })
  boxman.instrument.http(server, { route: ({ url }) => url })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    boxman,
    url: `${boxman.admin.url}/`,
    buy: async (path) => {
      await (await fetch(`http://127.0.0.1:${portOf(server)}${path}`)).text()
    },
    close: async () => {
      server.close()
      await boxman.stop()
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
