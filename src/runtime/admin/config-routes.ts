import type { Context } from 'hono'
import { createRedactor, type Redactor } from '../../logging/index.ts'
import type { ResolvedConfig } from '../config/config.ts'
import { CONFIG_FIELDS } from '../config/fields/index.ts'
import type { Reconfigured } from '../config/reconfiguration.ts'
import type { Change } from '../config/settings.ts'
import { shownConfig, withoutShapes } from '../config/shown.ts'
import { ConfigError } from '../error.ts'
import { readBody, Refused } from '../ingest/body.ts'
import type { AdminApp, AdminRequest } from './app.ts'

export interface ConfigSource {
  readonly config: ResolvedConfig
  /** Default: one of the configuration. */
  readonly redactor?: Redactor
  /** Takes a JSON merge patch of a client by its address; undefined: nothing can be changed. @throws ConfigError */
  readonly reconfigure?: (patch: unknown, client: string) => readonly Change[]
  /** The latest first. */
  readonly recentChanges?: () => readonly Reconfigured[]
}

const JSON_TYPE = { 'content-type': 'application/json' }

type Asked = Context<{ Bindings: AdminRequest }>

const MOST_BYTES = 16_384
/** Neither is sent by a form of another page. */
const PATCH_TYPE = /^application\/(?:merge-patch\+)?json *(?:;|$)/i

/** How each value can be changed; the others by a restart. */
const CHANGEABLE = Object.fromEntries(
  CONFIG_FIELDS.flatMap(({ path, changeable }) => {
    if (changeable === 'restart') return []
    return [[path, changeable === 'live' ? ['api', 'file'] : ['file']]]
  }),
)

/** Of every value that there may be, stated or not. */
const MEANINGS = Object.fromEntries(CONFIG_FIELDS.map(({ path, meaning }) => [path, meaning]))

/** What is in force, and its change: GET, PATCH and DELETE of `/config`. */
export function addConfigRoutes(app: AdminApp, source: ConfigSource): void {
  const { config, reconfigure } = source
  const redactor = source.redactor ?? createRedactor(config.redact)
  const answer = (c: Asked, status: 200 | 400 | 408 | 413 | 415 | 422, body: unknown): Response =>
    c.body(`${JSON.stringify(body, undefined, 2)}\n`, status, JSON_TYPE)
  app.get('/config', (c) => {
    const { provenance } = config
    const recent = (source.recentChanges?.() ?? []).map(({ at, changes, ...who }) => ({
      time: new Date(at).toISOString(),
      ...who,
      changes: withoutShapes(changes, redactor),
    }))
    const values = shownConfig(config, redactor)
    return answer(c, 200, { values, provenance, changeable: CHANGEABLE, meanings: MEANINGS, recent })
  })
  if (reconfigure !== undefined) {
    const change = (c: Asked, patch: unknown): Response => {
      try {
        return answer(c, 200, { changes: reconfigure(patch, c.env.request.socket.remoteAddress ?? 'unknown') })
      } catch (error) {
        if (error instanceof ConfigError) return answer(c, 422, { problems: error.problems })
        throw error
      }
    }
    app.patch('/config', async (c) => {
      const { request } = c.env
      if (!PATCH_TYPE.test(request.headers['content-type'] ?? '')) {
        return answer(c, 415, { problems: ['expected content-type: application/merge-patch+json'] })
      }
      try {
        return change(c, readJson(await readBody(request, MOST_BYTES)))
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const status = error.status === 413 ? 413 : error.status === 408 ? 408 : 400
        return answer(c, status, { problems: [error.message] })
      }
    })
    app.delete('/config', (c) => change(c, null))
  }
  const allow = reconfigure === undefined ? 'GET, HEAD' : 'GET, HEAD, PATCH, DELETE'
  app.all('/config', (c) => c.text(`${c.req.method} is not possible here\n`, 405, { allow }))
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw new Refused(400, 'the body is no JSON')
  }
}
