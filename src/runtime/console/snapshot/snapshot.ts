import { hostname } from 'node:os'
import { formatNumber } from '../../../charts/index.ts'
import type { Dashboard } from '../../../packs/index.ts'
import type { Turns } from '../../scrape/turns.ts'
import { offsetOf } from './axis.ts'
import { CEILINGS } from './ceilings.ts'
import { facts, several } from './parts.ts'
import type { Made, Section } from './section.ts'
import { ALERTS_SECTION } from './sections/alerts.ts'
import { chartsOf, type Variables } from './sections/charts.ts'
import { CONFIGURATION } from './sections/configuration.ts'
import { ERRORS } from './sections/errors.ts'
import { HEALTH } from './sections/health.ts'
import { LOGS } from './sections/logs.ts'
import { TRACES } from './sections/traces.ts'
import { type Html, Sheet } from './sheet.ts'
import type { SnapshotSources } from './sources.ts'
import { POLICY, STYLE } from './style.ts'

export interface SnapshotAsked {
  /** ms since the epoch. */
  readonly from: number
  readonly to: number
  /** Of the IANA's list. */
  readonly zone: string
  /** Whose charts are drawn, in this order. */
  readonly dashboards: readonly Dashboard[]
  /** Of dashboards, by name. */
  readonly variables: Variables
  /** Who asks; undefined where nobody is asked who it is. */
  readonly by: string | undefined
  readonly signal: AbortSignal
}

/** The file. */
export async function makeSnapshot(sources: SnapshotSources, asked: SnapshotAsked, turns: Turns): Promise<string> {
  const sheet = new Sheet({
    redactor: sources.redactor,
    window: { from: asked.from, to: asked.to },
    zone: asked.zone,
    signal: asked.signal,
    breathe: () => turns.breathe(),
  })
  const at = sources.wallNow()
  const sections = [
    ALERTS_SECTION,
    ...asked.dashboards.map((dashboard) => chartsOf(dashboard, asked.variables)),
    TRACES,
    LOGS,
    ERRORS,
    HEALTH,
    CONFIGURATION,
  ]
  const made: { readonly section: Section; readonly part: Made }[] = []
  let characters = 0
  for (const section of sections) {
    const part = await partOf(section, sheet, sources, CEILINGS.characters - characters)
    characters += part.body.text.length
    made.push({ section, part })
    await turns.breathe()
  }
  const { html } = sheet
  const glance = made.map(
    ({ section: { id, title }, part: { glance: words, tone = '' } }) =>
      html`<li>
        <a href="#${id}"><b>${title}</b><span class="${tone}">${words}</span></a>
      </li>`,
  )
  const body = made.map(
    ({ section: { id, title }, part }) =>
      html`<section id="${id}" aria-labelledby="${id}-title">
        <h2 id="${id}-title">${title}</h2>
        ${part.body}
      </section>`,
  )
  const title = `${sources.facts().service}, ${new Date(asked.to).toISOString()}`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${Sheet.own(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Boxman</title>
        ${Sheet.own(`<style>${STYLE}</style>`)}
      </head>
      <body>
        <header>
          ${headOf(sheet, sources, asked, at)}
          <nav aria-label="Parts">
            <ul class="glance">
              ${glance}
            </ul>
          </nav>
        </header>
        <main>${body}</main>
        ${foot(sheet, sources)}
      </body>
    </html>`.text
}

async function partOf(section: Section, sheet: Sheet, sources: SnapshotSources, room: number): Promise<Made> {
  const { html, signal } = sheet
  try {
    signal.throwIfAborted()
    const part = await section.make(sheet, sources)
    if (part.body.text.length <= room) return part
    throw new Error(`the file would have more than ${CEILINGS.characters / 1e6} million characters`)
  } catch (error) {
    const reason = signal.aborted
      ? `making the file had taken ${CEILINGS.timeMs / 1000} s by then, and it may take no longer`
      : error instanceof Error
        ? error.message
        : String(error)
    return {
      body: html`<p class="failed">This part could not be made: ${reason}</p>`,
      glance: 'could not be made',
      tone: 'critical',
    }
  }
}

function headOf(sheet: Sheet, sources: SnapshotSources, { from, to, zone, by }: SnapshotAsked, at: number): Html {
  const { html } = sheet
  const { service, version, environment, boxmanVersion, node, startedAt } = sources.facts()
  const span = formatNumber((to - from) / 1000, 'seconds')
  return html`<h1>${service}</h1>
    <p class="range">
      ${sheet.moment(from)} to ${sheet.moment(to)} <span class="muted">${zone} (${utcOffset(to, zone)}), ${span}</span>
    </p>
    ${facts(sheet, [
      ...(version === undefined ? [] : [['Version', version] as const]),
      ...(environment === undefined ? [] : [['Environment', environment] as const]),
      ['Host', hostname()],
      ['Process started', sheet.moment(startedAt)],
      ['Snapshot made', sheet.moment(at)],
      ['By', by ?? 'not known: nobody is asked'],
      ['Node.js', node],
      ['Boxman', boxmanVersion],
    ])}`
}

function foot({ html, redacted }: Sheet, { config }: SnapshotSources): Html {
  const { emails, shapes, keys, paths } = config.redact
  const rules = [
    `what looks like a secret (${shapes.join(', ')})`,
    `fields by their name${keys.length === 0 ? '' : ` and ${several(keys.length, 'name')} of the configuration`}`,
    ...(paths.length === 0 ? [] : [several(paths.length, 'path')]),
  ]
  return html`<footer>
    <p>
      Redacted by the rules in force: ${rules.join('; ')}. ${several(redacted, 'text')} had something taken out here;
      most of it went before, when it was recorded. Addresses of e-mail are
      ${emails ? 'taken out' : 'left in: redact.emails would take them out'}.
    </p>
    <p>The file holds no script, no cookie and no token, and asks for nothing from elsewhere. It was made by Boxman.</p>
  </footer>`
}

/** `UTC+05:30`. */
function utcOffset(at: number, zone: string): string {
  const minutes = offsetOf(at, zone) / 60
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  const digits = (count: number): string => String(count).padStart(2, '0')
  return `UTC${minutes < 0 ? '−' : '+'}${digits(hours)}:${digits(rest)}`
}
