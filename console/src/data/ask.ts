import { signal, type Signal } from '@preact/signals'

/** What the server refused, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** Whether the last request was refused for want of credentials. */
export const needsLogin: Signal<boolean> = signal(false)
/** Whether the server answered at all, last time. */
export const isReachable: Signal<boolean> = signal(true)

interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Sent as JSON. */
  readonly body?: unknown
  /** Sent as a form: a query may be longer than an address. */
  readonly form?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

/** Where the page is, whatever is before it: addresses of the API are relative to it. */
export const BASE: string = new URL('./', document.baseURI).href

/** @throws Refused with the server's reason; TypeError when there is no server. */
export async function ask(path: string, { method, body, form, signal: abort }: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json', 'x-requested-with': 'boxman' }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const init: RequestInit = {
    method: method ?? (form === undefined ? 'GET' : 'POST'),
    headers,
    credentials: 'same-origin',
    ...(abort === undefined ? {} : { signal: abort }),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(form === undefined ? {} : { body: new URLSearchParams(form) }),
  }
  const response = await fetched(new URL(path, BASE), init)
  if (response.status === 401) needsLogin.value = true
  if (!response.ok) throw new Refused(response.status, await reasonIn(response))
  return response
}

/** @throws as `ask` does; SyntaxError for what is no JSON. */
export async function askJson<T>(path: string, asked: Asked = {}): Promise<T> {
  const response = await ask(path, asked)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server and its page are of one version
  return (await response.json()) as T
}

async function fetched(url: URL, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(url, init)
    isReachable.value = true
    return response
  } catch (error) {
    if (init.signal?.aborted !== true) isReachable.value = false
    throw error
  }
}

/** The APIs name a fault each in its way. */
async function reasonIn(response: Response): Promise<string> {
  const text = (await response.text()).trim()
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'string') return body
    if (typeof body === 'object' && body !== null) {
      if ('error' in body && typeof body.error === 'string') return body.error
      if ('errors' in body && Array.isArray(body.errors)) return body.errors.map(String).join('; ')
      if ('problems' in body && Array.isArray(body.problems)) return body.problems.map(String).join('; ')
      if ('message' in body && typeof body.message === 'string') return body.message
    }
  } catch {
    // No JSON: the text is the reason.
  }
  return text === '' ? `${response.status} ${response.statusText}` : text
}

/** What is shown of a failure. */
export function reasonOf(error: unknown): string {
  if (error instanceof Refused) return error.message
  if (error instanceof TypeError) return 'the service does not answer'
  return error instanceof Error ? error.message : String(error)
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
