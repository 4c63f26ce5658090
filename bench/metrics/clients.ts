import client from 'prom-client'

export type PromClient = typeof client

/** prom-client and, where this Node can run it, its successor: by the name that stands in a result. */
export const CLIENTS: Readonly<Record<string, PromClient>> = {
  'prom-client 15.1.3': client,
  ...(await successor()),
}

async function successor(): Promise<Record<string, PromClient>> {
  const name: string = '@prometheus-io/client'
  try {
    // Its types cannot be imported: npm leaves it out where Node is older than 22.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const { default: successor } = (await import(name)) as { default: PromClient }
    return { [`${name} 0.16.1`]: successor }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error
    if (process.send === undefined) process.stderr.write(`skipped: ${name} 0.16.1 needs Node 22 or later\n`)
    return {}
  }
}

/** One contender for each client. */
export function eachClient<T>(make: (client: PromClient) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(CLIENTS).map(([name, client]) => [name, make(client)]))
}
