import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { formatDuration } from '../../series/index.ts'
import type { HealthReport } from '../../health/index.ts'
import type { Config } from '../config/config.ts'

export const STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { margin-bottom: 0 }
table { border-collapse: collapse }
th, td { padding: 0.25rem 1.5rem 0.25rem 0; text-align: left; vertical-align: top }
thead th { border-bottom: 1px solid }
.pass::before { content: "\\2713  " }
.warn::before { content: "!  " }
.fail::before { content: "\\2717  " }
`

const ENDPOINTS = [
  ['/metrics', 'what a Prometheus scrapes'],
  ['/health', 'liveness: whether the process answers at all'],
  ['/ready', 'readiness: whether it may have traffic, check by check'],
  ['/readyz?verbose', 'the same in lines; also /livez and /startupz, as Kubernetes asks'],
  ['/diagnostics/circuit-breakers', 'the circuit breakers, and which of them are open'],
  ['/config', 'the configuration in force, and where each value comes from'],
] as const

/** Where the service tells of itself. */
const DIAGNOSTICS = [
  ['/health/extended', 'all that the service tells of itself, at one moment'],
  ['/diagnostics/metrics', 'requests, latencies, caches and sockets of the last minutes; its schema is at /schema'],
  ['/diagnostics/performance', 'route by route, with the slowest traces; event loop, garbage collection, heap'],
  ['/diagnostics/errors', 'what went wrong, grouped'],
  ['/diagnostics/system', 'the process and its machine'],
  ['/status', 'how it is, since when and which version; /version says the last alone'],
] as const

/** Where there is a store. */
const API = [
  '/api/v1/query?query=up',
  'PromQL, answered as a Prometheus does: a data source for Grafana, or for curl',
] as const

/** A path, and what is there. */
export type Link = readonly [path: string, what: string]

type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface PageFacts {
  readonly config: Config
  readonly boxmanVersion: string
  readonly uptimeMs: number
  readonly readiness: HealthReport
  /** What is there besides. */
  readonly links: readonly Link[]
  /** Whether the Prometheus API is there. */
  readonly answersQueries: boolean
  /** Whether the service tells of itself. */
  readonly tellsOfItself: boolean
}

/** The page for a person: no scripts, nothing inline. */
export function renderPage({
  config,
  boxmanVersion,
  uptimeMs,
  readiness,
  links,
  answersQueries,
  tellsOfItself,
}: PageFacts): Html {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Version', config.version],
    ['Environment', config.environment],
    ['Up', formatDuration(Math.floor(uptimeMs / 1000) * 1000)],
    ['Node.js', process.version],
    ['Boxman', boxmanVersion],
  ]
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${config.service}</title>
        <link rel="stylesheet" href="./style.css" />
      </head>
      <body>
        <main>
          <h1>${config.service}</h1>
          <table>
            ${facts
              .filter(([, value]) => value !== undefined)
              .map(
                ([name, value]) =>
                  html`<tr>
                    <th scope="row">${name}</th>
                    <td>${value}</td>
                  </tr> `,
              )}
          </table>
          <h2>Readiness: <span class="${readiness.status}">${readiness.status}</span></h2>
          <p>${readiness.output ?? (readiness.checks.length === 0 ? 'No checks are registered.' : '')}</p>
          ${readiness.checks.length === 0 ? '' : renderChecks(readiness)}
          <h2>Endpoints</h2>
          <ul>
            ${[...ENDPOINTS, ...(tellsOfItself ? DIAGNOSTICS : []), ...links, ...(answersQueries ? [API] : [])].map(([path, what]) => html`<li><a href=".${path}">${path}</a>: ${what}</li> `)}
          </ul>
        </main>
      </body>
    </html> `
}

function renderChecks({ checks }: HealthReport): Html {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Check</th>
        <th scope="col">Status</th>
        <th scope="col">Critical</th>
        <th scope="col">Output</th>
      </tr>
    </thead>
    <tbody>
      ${checks.map(
        ({ name, status, critical, output }) =>
          html`<tr>
            <td>${name}</td>
            <td class="${status}">${status}</td>
            <td>${critical ? 'yes' : 'no'}</td>
            <td>${output ?? ''}</td>
          </tr> `,
      )}
    </tbody>
  </table>`
}
