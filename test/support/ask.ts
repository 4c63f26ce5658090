import { request } from 'node:http'

export type Headers = Readonly<Record<string, string>>

export interface Told {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** With any header, those too that `fetch` keeps for itself. */
export function ask(url: string, headers: Headers = {}, method = 'GET', body?: string | Uint8Array): Promise<Told> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, headers: { connection: 'close', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, headers: response.headers }))
    })
    asking.on('error', reject)
    asking.end(body)
  })
}

export async function statusOf(...args: Parameters<typeof ask>): Promise<number> {
  return (await ask(...args)).status
}

export function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` }
}

export function basic(user: string, password: string): Headers {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }
}
