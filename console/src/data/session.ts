import { ask, askJson, BASE, needsLogin } from './ask.ts'

/** What there is to log in with. */
export interface Ways {
  readonly token: boolean
  readonly password: boolean
}

export type Credential =
  | { readonly token: string }
  | { readonly user: string; readonly password: string }
  | { readonly link: string }

type News = 'in' | 'out'

/** Tabs of one console tell each other. */
const channel = new BroadcastChannel(`boxman session ${BASE}`)
/** A proxy may hide from the server where that is. */
const path = new URL(BASE).pathname

export function waysIn(): Promise<Ways> {
  return askJson('api/console/login')
}

/** @throws Refused with the reason. */
export async function logIn(credential: Credential): Promise<void> {
  await ask('api/console/login', { method: 'POST', body: { ...credential, path } })
  needsLogin.value = false
  tell('in')
}

export async function logOut(): Promise<void> {
  await ask('api/console/logout', { method: 'POST', body: { path } })
  needsLogin.value = true
  tell('out')
}

/** @param onLogin told when another tab has logged in */
export function followSession(onLogin: () => void): void {
  channel.addEventListener('message', ({ data }: MessageEvent<News>) => {
    if (data === 'out') needsLogin.value = true
    else if (needsLogin.peek()) onLogin()
  })
}

/** Takes the one-time link out of the address, so that it stays in no history. */
export function linkInAddress(): string | undefined {
  const [, query] = /^#\/login\?(.*)$/.exec(window.location.hash) ?? []
  if (query === undefined) return undefined
  window.history.replaceState(null, '', '#/')
  return new URLSearchParams(query).get('link') ?? undefined
}

function tell(news: News): void {
  channel.postMessage(news)
}
