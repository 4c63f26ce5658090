import type { IncomingHttpHeaders } from 'node:http'
import { nameOf } from './host-name.ts'
import type { Need } from './scope.ts'

export interface Asked {
  readonly method: string
  readonly need: Need
  readonly headers: IncomingHttpHeaders
  /** As the request has it; undefined where it has none. */
  readonly host: string | undefined
}

export type OriginVerdict =
  | { readonly kind: 'same' }
  /** A page of `admin.origins`, which may read. */
  | { readonly kind: 'listed'; readonly origin: string }
  /** What such a page's browser asks first. */
  | { readonly kind: 'preflight'; readonly origin: string }
  | { readonly kind: 'refused'; readonly text: string }

const SAME: OriginVerdict = { kind: 'same' }
const CROSS: OriginVerdict = { kind: 'refused', text: 'not for pages of another origin\n' }
const FORM: OriginVerdict = {
  kind: 'refused',
  text: 'from a browser this needs a content type such as application/json, or the header X-Requested-With\n',
}
/** What a form sends without asking first; and nothing, which a script sends so. */
const FORMS: ReadonlySet<string> = new Set([
  '',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
])

/**
 * Whether a page of another origin is behind a request, as its browser says in headers that no script can set. What sends none of
 * them is no browser, or asks in a way that lets the page read nothing.
 */
export function judgeOrigin(asked: Asked, origins: ReadonlySet<string>): OriginVerdict {
  const { method, need, headers } = asked
  const { origin, 'sec-fetch-site': site } = headers
  if (origin === undefined && site === undefined) return SAME
  // Who logs somebody else in as themselves sees what that one does.
  const logsIn = need === 'page' && method !== 'GET' && method !== 'HEAD'
  const writes = need === 'operate' || need === 'ingest' || logsIn
  if (isSame(asked)) return writes && isForm(headers) ? FORM : SAME
  if (origin !== undefined && origins.has(origin)) {
    if (method === 'OPTIONS' && headers['access-control-request-method'] !== undefined)
      return { kind: 'preflight', origin }
    return writes ? CROSS : { kind: 'listed', origin }
  }
  return isLink(asked) ? SAME : CROSS
}

function isSame({ headers, host }: Asked): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  if (origin === undefined || host === undefined || !/^https?:\/\//.test(origin) || !URL.canParse(origin)) return false
  // The scheme is not compared: behind a proxy that ends TLS it is not known here.
  const { protocol, hostname, port } = new URL(origin)
  const given = /:(\d+)$/.exec(host)?.[1]
  const own = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  return nameOf(host) === hostname.replace(/^\[|\]$/g, '') && (given ?? (port === '' ? own : '')) === own
}

/** A person followed a link: the page that it was on sees nothing of what comes. */
function isLink({ method, headers }: Asked): boolean {
  return (
    (method === 'GET' || method === 'HEAD') &&
    headers.origin === undefined &&
    headers['sec-fetch-mode'] === 'navigate' &&
    headers['sec-fetch-dest'] === 'document'
  )
}

function isForm(headers: IncomingHttpHeaders): boolean {
  if (headers['x-requested-with'] !== undefined) return false
  return FORMS.has(headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? '')
}
