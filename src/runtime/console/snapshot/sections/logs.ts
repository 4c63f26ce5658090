import type { FoundEntry } from '../../../../logging/index.ts'
import { CEILINGS } from '../ceilings.ts'
import { badge, counted, leftOut, several, type Tone } from '../parts.ts'
import type { Section } from '../section.ts'
import { type Html, NOTHING, type Sheet } from '../sheet.ts'

const TONES: Readonly<Record<FoundEntry['level'], Tone>> = {
  trace: 'neutral',
  debug: 'neutral',
  info: 'neutral',
  warn: 'warning',
  error: 'critical',
  fatal: 'critical',
}
const LOUD: ReadonlySet<string> = new Set(['warn', 'error', 'fatal'])
/** Lines may stand a little out of order. */
const SLACK_MS = 60_000

/** The last lines that are kept, those of warn and above first. */
export const LOGS: Section = {
  id: 'logs',
  title: 'Logs',
  make: async (sheet, { logTail }) => {
    const { html, window } = sheet
    if (logTail === undefined) return { body: html`<p class="none">Lines are not kept here.</p>`, glance: 'not kept' }
    const counts = new Map<string, number>()
    const [loud, others]: [FoundEntry[], FoundEntry[]] = [[], []]
    for (const entry of logTail.newestFirst()) {
      await sheet.breathe()
      if (entry.at < window.from - SLACK_MS) break
      if (!(entry.at >= window.from && entry.at <= window.to)) continue
      counts.set(entry.level, (counts.get(entry.level) ?? 0) + 1)
      const kept = LOUD.has(entry.level) ? loud : others
      if (kept.length < CEILINGS.lines) kept.push(entry)
    }
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0)
    const loudly = [...counts].reduce((sum, [level, count]) => sum + (LOUD.has(level) ? count : 0), 0)
    const { dropped } = logTail.stats
    const gone = dropped === 0 ? '' : ` ${several(dropped, 'line')} went for newer ones since the start.`
    const told = Array.from(counts, ([level, count]) => `${level} ${counted(count)}`).join(', ')
    return {
      body: html`<p class="note">${several(all, 'line')} of this range${told === '' ? '' : `: ${told}`}.${gone}</p>
        ${await list(sheet, 'Warnings and errors', loud, loudly)}${await list(sheet, 'Other lines', others, all - loudly)}`,
      glance: `${counted(loudly)} of warn and above`,
      tone: counts.has('error') || counts.has('fatal') ? 'critical' : loudly > 0 ? 'warning' : undefined,
    }
  },
}

async function list(sheet: Sheet, title: string, kept: readonly FoundEntry[], all: number): Promise<Html> {
  if (kept.length === 0) return NOTHING
  const { html } = sheet
  const items: Html[] = []
  for (const entry of kept) {
    items.push(line(sheet, entry))
    await sheet.breathe()
  }
  return html`<h3 class="row-title">${title}, the newest first</h3>
    <div class="card">
      <ul class="lines">
        ${items}
      </ul>
    </div>
    ${leftOut(sheet, kept.length, all, 'lines')}`
}

function line(sheet: Sheet, { at, level, module, message, fields }: FoundEntry): Html {
  const { html } = sheet
  const rest = Object.entries(fields).map(([name, value]) => html` ${name}=${sheet.field(name, value)}`)
  const from = module === undefined ? NOTHING : html` <span class="muted">${module}</span>`
  return html`<li>
    ${sheet.exact(at)} ${badge(sheet, TONES[level], level)}${from} <span class="msg">${message}</span
    ><span class="fields">${rest}</span>
  </li>`
}
