import { Hono } from 'hono'
import { type HealthAnswer, healthAnswer, type HealthReport } from '../../health/index.ts'
import type { Exposition } from '../../metrics/index.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { renderPage, STYLE } from './page.ts'

export interface AdminSources {
  readonly config: ResolvedConfig
  readonly boxmanVersion: string
  readonly expose: () => Exposition
  readonly liveness: () => HealthReport
  readonly readiness: () => Promise<HealthReport>
  readonly uptimeMs: () => number
  /** Told of what went wrong in an endpoint; the client gets a 500. */
  readonly onFault: (error: unknown) => void
}

/** Beside each request: the base path of its links, and the path without it. */
export interface AdminRequest {
  readonly base: string
  readonly path: string
}

/** Of every answer. */
export const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

type AdminApp = Hono<{ Bindings: AdminRequest }>

/** The endpoints. Each answers GET and HEAD. */
export function createAdminApp(sources: AdminSources): AdminApp {
  const { config, onFault } = sources
  const app: AdminApp = new Hono<{ Bindings: AdminRequest }>({
    getPath: (_request, options) => pathIn(options?.env),
  })

  app.use(async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      return c.text(`${c.req.method} is not possible here\n`, 405, { ...HEADERS, allow: 'GET, HEAD' })
    }
    await next()
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  })
  app.get('/', async (c) => {
    const { boxmanVersion } = sources
    const [uptimeMs, readiness] = [sources.uptimeMs(), await sources.readiness()]
    return c.html(renderPage({ base: c.env.base, config, boxmanVersion, uptimeMs, readiness }))
  })
  app.get('/style.css', (c) => c.body(STYLE, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/metrics', async (c) => {
    const { contentType, body } = sources.expose()
    return new Response(c.req.method === 'HEAD' ? null : await streamOf(body, onFault), {
      headers: { 'content-type': contentType },
    })
  })
  app.get('/health', () => answer(healthAnswer(sources.liveness())))
  app.get('/ready', async () => answer(healthAnswer(await sources.readiness())))
  app.get('/config', (c) => {
    const { provenance, ...values } = config
    return c.body(`${JSON.stringify({ values, provenance }, undefined, 2)}\n`, 200, {
      'content-type': 'application/json',
    })
  })
  app.notFound((c) => c.text(`there is nothing at this path; ${c.env.base}/ lists what there is\n`, 404))
  app.onError((error, c) => {
    onFault(error)
    return c.text('the endpoint failed; the log says why\n', 500, HEADERS)
  })
  return app
}

/** Hono's type of a request's bindings is not known to its router's options. */
function pathIn(env: unknown): string {
  return typeof env === 'object' && env !== null && 'path' in env && typeof env.path === 'string' ? env.path : '/'
}

function answer({ code, contentType, body }: HealthAnswer): Response {
  return new Response(body, { status: code, headers: { 'content-type': contentType } })
}

/** Waits for the first piece, so that what fails before it is answered with a 500 instead of an empty page. */
async function streamOf(
  pieces: AsyncIterable<Uint8Array>,
  onFault: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const iterator = pieces[Symbol.asyncIterator]()
  let next = await iterator.next()
  return new ReadableStream({
    async pull(controller) {
      if (next.done === true) {
        controller.close()
        return
      }
      controller.enqueue(next.value)
      try {
        next = await iterator.next()
      } catch (error) {
        onFault(error)
        controller.error(error)
      }
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}
