import peer from 'prom-client'
import client from './index.ts'

/** prom-client's own types: what compiles against them runs against both. */
export type Client = typeof peer

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the types of ours say more
export const OURS = client as unknown as Client
export const PEER: Client = peer

export type Script = (client: Client) => unknown

interface Outcome {
  readonly value?: unknown
  readonly error?: string
}

/** What came of it, as plain data. */
export async function outcomeOf(script: Script, client: Client): Promise<Outcome> {
  try {
    return { value: await script(client) }
  } catch (error) {
    return { error: String(error) }
  }
}

/** The error of a call, as a text; what it returns when there is none. */
export function attempt(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return String(error)
  }
}
