import type { Html, Inset, Sheet } from './sheet.ts'
import { NOTHING } from './sheet.ts'

export interface Column {
  readonly name: string
  readonly isNumber?: boolean
}

/** A table that scrolls by itself where there is no room for it. */
export function table(
  { html }: Sheet,
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Inset[])[],
): Html {
  const head = columns.map(({ name, isNumber }) =>
    isNumber === true ? html`<th scope="col" class="n">${name}</th>` : html`<th scope="col">${name}</th>`,
  )
  const body = rows.map((row) => {
    const cells = row.map((cell, i) =>
      columns[i]?.isNumber === true ? html`<td class="n">${cell}</td>` : html`<td>${cell}</td>`,
    )
    return html`<tr>
      ${cells}
    </tr>`
  })
  return html`<div class="frame" role="region" tabindex="0" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${head}
        </tr>
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`
}

/** How many were left out, where some were. */
export function leftOut({ html }: Sheet, shown: number, all: number, what: string): Html {
  return all <= shown ? NOTHING : html`<p class="cut">${counted(shown)} of ${counted(all)} ${what} are shown.</p>`
}

/** Names and values side by side. */
export function facts({ html }: Sheet, all: readonly (readonly [name: string, value: Inset])[]): Html {
  const rows = all.map(
    ([name, value]) =>
      html`<div>
        <dt>${name}</dt>
        <dd>${value}</dd>
      </div>`,
  )
  return html`<dl class="facts">${rows}</dl>`
}

/** `name=value`, each by itself. */
export function labels({ html }: Sheet, all: Iterable<readonly [name: string, value: string]>): Html {
  const each = Array.from(all, ([name, value]) => html`<code>${name}=${value}</code> `)
  return html`<span class="labels">${each}</span>`
}

export type Tone = 'good' | 'warning' | 'critical' | 'neutral'

export function badge({ html }: Sheet, tone: Tone, text: string): Html {
  return html`<span class="badge ${tone}">${text}</span>`
}

export function counted(count: number): string {
  return count.toLocaleString('en')
}

/** `1 alert`, `2 alerts`. */
export function several(count: number, one: string, more = `${one}s`): string {
  return `${counted(count)} ${count === 1 ? one : more}`
}
