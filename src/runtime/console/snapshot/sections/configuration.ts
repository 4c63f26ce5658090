import { createHash } from 'node:crypto'
import { shownConfig, withoutShapes } from '../../../config/shown.ts'
import { CEILINGS } from '../ceilings.ts'
import { leftOut, several, table } from '../parts.ts'
import type { Section } from '../section.ts'
import { NOTHING } from '../sheet.ts'

const VERSION_DIGITS = 12

/** What was stated, and what was changed since the start. */
export const CONFIGURATION: Section = {
  id: 'configuration',
  title: 'Configuration',
  make: (sheet, { config, redactor, changes: recent }) => {
    const { html, window } = sheet
    const values = shownConfig(config, redactor)
    const version = createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, VERSION_DIGITS)
    const stated = Object.entries(config.provenance)
      .filter(([, source]) => source !== 'default')
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
    const settings = stated
      .slice(0, CEILINGS.settings)
      .map(([path, source]) => [path, html`<span class="mono">${textOf(valueAt(values, path))}</span>`, source])
    const changes = recent().slice(0, CEILINGS.changes)
    const within = changes.filter(({ at }) => at >= window.from && at <= window.to).length
    const changed = changes.map(({ at, source, client, file, changes: all }) => [
      sheet.moment(at),
      client ?? file ?? source,
      html`${all.map(({ path, from, to }) => html`<div><code>${path}</code> <span class="mono">${textOf(withoutShapes(from, redactor))}</span> → <span class="mono">${textOf(withoutShapes(to, redactor))}</span></div>`)}`,
    ])
    const columns = (...names: string[]): readonly { readonly name: string }[] => names.map((name) => ({ name }))
    const whatChanged =
      changed.length === 0
        ? html`<p class="none">It was not changed since the start.</p>`
        : html`<div class="card">
            ${table(sheet, 'Changes of the configuration', columns('When', 'By', 'What'), changed)}
          </div>`
    const whatIs =
      settings.length === 0
        ? NOTHING
        : html`<details class="card">
            <summary>
              <b>${several(stated.length, 'value')}</b><span class="muted">stated; all others are the defaults</span>
            </summary>
            ${table(sheet, 'Stated values', columns('Setting', 'Value', 'From'), settings)}${leftOut(sheet, settings.length, stated.length, 'values')}
          </details>`
    return {
      body: html`<p class="note">
          Version <code>${version}</code>, of all values as shown: two snapshots with the same have the same
          configuration. As it was when the snapshot was made.
        </p>
        <div class="stack">${whatChanged}${whatIs}</div>`,
      glance: within === 0 ? 'unchanged' : `${several(within, 'change')} in the range`,
    }
  },
}

function valueAt(values: object, path: string): unknown {
  let value: unknown = values
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.getOwnPropertyDescriptor(value, name)?.value
  }
  return value
}

function textOf(value: unknown): string {
  if (value === undefined) return 'not set'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
