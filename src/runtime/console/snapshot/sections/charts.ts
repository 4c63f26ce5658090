import { fillPanel } from '../../../../charts/index.ts'
import type { Dashboard } from '../../../../packs/index.ts'
import { CEILINGS } from '../ceilings.ts'
import { Panels } from '../panels.ts'
import { leftOut, several } from '../parts.ts'
import type { Section } from '../section.ts'
import type { Html } from '../sheet.ts'

export type Variables = Readonly<Record<string, readonly string[]>>

/** The panels of a dashboard as they were in the range. @param chosen values of its variables; none of one: all */
export function chartsOf({ id, title, description, rows, variables = [] }: Dashboard, chosen: Variables): Section {
  return {
    id: `charts-${id}`,
    title,
    make: async (sheet, sources) => {
      const { html } = sheet
      const panels = new Panels(sheet, sources)
      const values = Object.fromEntries(variables.map(({ name }) => [name, chosen[name] ?? []]))
      const [all, parts]: [number, Html[]] = [rows.reduce((sum, row) => sum + row.panels.length, 0), []]
      let room: number = CEILINGS.panels
      for (const row of rows) {
        const drawn: Html[] = []
        for (const panel of row.panels.slice(0, room)) drawn.push(await panels.draw(fillPanel(panel, values)))
        room -= drawn.length
        if (drawn.length > 0)
          parts.push(
            html`<h3 class="row-title">${row.title}</h3>
              <div class="grid">${drawn}</div>`,
          )
      }
      const picked = variables.flatMap(({ name, title: label }) => {
        const of = values[name] ?? []
        return of.length === 0 ? [] : [html`<p class="note">${label}: ${of.join(', ')}</p>`]
      })
      const about = description === undefined ? html`` : html`<p class="note">${description}</p>`
      const none = all === 0 ? html`<p class="none">Nothing has been recorded for it.</p>` : html``
      return {
        body: html`${about}${picked}${none}${parts}${leftOut(sheet, CEILINGS.panels - room, all, 'panels')}`,
        glance: several(CEILINGS.panels - room, 'panel'),
      }
    },
  }
}
