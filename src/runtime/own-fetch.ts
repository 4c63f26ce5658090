import { suppressInstrumentation } from '../tracing/index.ts'

/** For calls of Boxman's own: they are none of the application's, so they are not measured, no spans, and carry no headers of ours. */
export const ownFetch: typeof globalThis.fetch = (input, init) => suppressInstrumentation(() => fetch(input, init))

/** As {@link ownFetch}, with a token that may be another one at each call; undefined: none. */
export function tokenFetch(token: () => string | undefined): typeof globalThis.fetch {
  return (input, init) => {
    const now = token()
    if (now === undefined) return ownFetch(input, init)
    const headers = new Headers(init?.headers)
    headers.set('authorization', `Bearer ${now}`)
    return ownFetch(input, { ...init, headers })
  }
}
