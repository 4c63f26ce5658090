import { CEILINGS } from '../ceilings.ts'
import { badge, facts, leftOut, several } from '../parts.ts'
import type { Section } from '../section.ts'
import { type Html, NOTHING } from '../sheet.ts'

/** Groups of errors of which one was seen within the range, the latest first. */
export const ERRORS: Section = {
  id: 'errors',
  title: 'Errors',
  make: async (sheet, { errors }) => {
    const { html, window } = sheet
    if (errors === undefined)
      return { body: html`<p class="none">Errors are not grouped here.</p>`, glance: 'not grouped' }
    const all = errors
      .groups()
      .filter(({ firstSeen, lastSeen }) => firstSeen <= window.to && lastSeen >= window.from)
      .toSorted((a, b) => b.lastSeen - a.lastSeen)
    if (all.length === 0)
      return { body: html`<p class="none">No error was recorded in this range.</p>`, glance: 'none' }
    const cards: Html[] = []
    for (const group of all.slice(0, CEILINGS.errors)) {
      const { name, message, code, category, severity, count, firstSeen, lastSeen, route, traceId, stack, causes } =
        group
      const tone =
        severity === 'critical' || severity === 'error' ? 'critical' : severity === 'warning' ? 'warning' : 'neutral'
      const told = facts(sheet, [
        ['Category', category],
        ['First', sheet.moment(firstSeen)],
        ['Last', sheet.moment(lastSeen)],
        ...(code === '' ? [] : [['Code', code] as const]),
        ...(route === undefined ? [] : [['Route', route] as const]),
        ...(traceId === undefined ? [] : [['Trace', traceId] as const]),
      ])
      const because = causes.map((cause) => html`<p class="muted">Caused by ${cause.name}: ${cause.message}</p>`)
      const trail = stack === '' ? NOTHING : html`<pre>${stack}</pre>`
      cards.push(
        html`<details class="card">
          <summary>
            <b>${name === '' ? 'Error' : name}</b><span>${message}</span>${badge(sheet, tone, severity)}<span
              class="muted"
              >${several(count, 'time')} since the start</span
            >
          </summary>
          ${told}${because}${trail}
        </details>`,
      )
      await sheet.breathe()
    }
    return {
      body: html`<div class="stack">${cards}</div>
        ${leftOut(sheet, cards.length, all.length, 'groups')}`,
      glance: several(all.length, 'group'),
    }
  },
}
