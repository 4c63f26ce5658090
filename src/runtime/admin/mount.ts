/** Where a request lands when the endpoints are mounted at `base`: both without a slash at the end of `base`. */
export interface Place {
  /** What links must start with. */
  readonly base: string
  /** From the endpoint's slash on, without the query. */
  readonly path: string
}

/**
 * Takes the base path off a request's URL; undefined when the request is not beneath it. Without a base path, that of a
 * host which strips it itself and keeps the whole in `originalUrl`, as Express does, is found.
 */
export function placeOf(request: { readonly url?: string | undefined }, basePath: string): Place | undefined {
  const url = withoutQuery(request.url ?? '/')
  const original = 'originalUrl' in request && typeof request.originalUrl === 'string' ? request.originalUrl : undefined
  const whole = original === undefined ? url : withoutQuery(original)
  if (basePath !== '') {
    if (whole === basePath) return { base: basePath, path: '/' }
    return whole.startsWith(`${basePath}/`) ? { base: basePath, path: whole.slice(basePath.length) } : undefined
  }
  if (whole !== url && whole.endsWith(url)) return { base: whole.slice(0, -url.length), path: url }
  // Express writes `/` for what it is mounted at, asked for without a slash.
  if (whole !== url && url === '/') return { base: whole, path: '/' }
  return { base: '', path: url }
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/)
  return end < 0 ? url : url.slice(0, end)
}
