import type { Context } from 'hono'
import {
  checkAnswer,
  checkProbeAnswer,
  type Health,
  type HealthAnswer,
  healthAnswer,
  probeAnswer,
} from '../../health/index.ts'
import type { BreakerReading } from '../../instrument/index.ts'
import type { AdminApp, AdminRequest } from '../admin/app.ts'
import type { Config } from '../config/config.ts'

export interface HealthSources {
  readonly config: Pick<Config, 'service' | 'version'>
  readonly health: Pick<Health, 'liveness' | 'startup' | 'readiness' | 'result'>
  readonly breakers?: () => readonly BreakerReading[]
  /** Whether who asks may know all. Who is let in for a probe alone is told which check fails, and not why. */
  readonly isTrusted: (asked: AdminRequest) => boolean
}

type AdminContext = Context<{ Bindings: AdminRequest }>

const MAX_EXCLUDED = 100

/** `/livez` and its like as a Kubernetes API server has them; `/health`, `/ready` and one check as `application/health+json`. */
export function addHealthRoutes(app: AdminApp, sources: HealthSources): void {
  const { config, health, breakers = () => [], isTrusted } = sources
  const about = (c: AdminContext): Parameters<typeof healthAnswer>[1] => ({
    details: isTrusted(c.env),
    serviceId: config.service,
    releaseId: config.version,
  })
  const probe = (c: AdminContext): { verbose: boolean; details: boolean } => ({
    verbose: c.req.query('verbose') !== undefined,
    details: isTrusted(c.env),
  })

  for (const path of ['/livez', '/healthz']) {
    app.get(path, (c) => respond(probeAnswer('livez', health.liveness(), probe(c))))
  }
  app.get('/startupz', (c) => respond(probeAnswer('startupz', health.startup(), probe(c))))
  app.get('/readyz', (c) => {
    const asked = (c.req.queries('exclude') ?? []).slice(0, MAX_EXCLUDED)
    const excluded = new Map(asked.map((name) => [name, health.result(name) !== undefined]))
    return respond(probeAnswer('readyz', health.readiness({ exclude: new Set(asked) }), { ...probe(c), excluded }))
  })
  app.get('/readyz/*', (c) => {
    const name = nameIn(c.env.path, '/readyz/')
    const check = health.result(name)
    return check === undefined ? c.text('there is no such check\n', 404) : respond(checkProbeAnswer(check, probe(c)))
  })

  app.get('/health', (c) => respond(healthAnswer(health.liveness(), about(c))))
  app.get('/ready', (c) => respond(healthAnswer(health.readiness(), about(c))))
  app.get('/health/*', async (c, next) => {
    const check = health.result(nameIn(c.env.path, '/health/'))
    // Not every path below is a check's.
    return check === undefined ? next() : respond(checkAnswer(check, about(c)))
  })
  app.get('/diagnostics/circuit-breakers', (c) =>
    c.json({
      circuit_breakers: breakers().map(({ name, library, state, breakers: count, opened, changedAt }) => {
        const changed = changedAt === undefined ? null : new Date(changedAt).toISOString()
        return { name, library, state, breakers: count, opened_total: opened, changed_at: changed }
      }),
    }),
  )
}

/** What is no valid escape is no check's name. */
function nameIn(path: string, prefix: string): string {
  try {
    return decodeURIComponent(path.slice(prefix.length))
  } catch {
    return ''
  }
}

function respond({ code, contentType, body }: HealthAnswer): Response {
  return new Response(body, { status: code, headers: { 'content-type': contentType } })
}
