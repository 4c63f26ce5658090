import {
  barsOf,
  bucketsOf,
  figuresOf,
  fillRateInterval,
  formatNumber,
  type Frame,
  type InstantSeries,
  levelOf,
  rowsByLabels,
  stepFor,
} from '../../../charts/index.ts'
import type { BarsPanel, Panel, StatPanel, TablePanel, TimeSeriesPanel } from '../../../packs/index.ts'
import { CEILINGS } from './ceilings.ts'
import { type Framed, frameOf, instantOf, stepsIn } from './frames.ts'
import { leftOut, table } from './parts.ts'
import { drawHeat, drawLines, drawSpark } from './plot.ts'
import { type Html, NOTHING, type Sheet } from './sheet.ts'
import type { SnapshotSources } from './sources.ts'

const DEFAULT_WIDTH = 8
/** A cell of a heat map is to be seen. */
const HEAT_MOMENTS = 120

type Asked = { readonly expr: string; readonly legend?: string | undefined }

/** Draws the panels of dashboards as they were over the range; tables and bars as they were at its end. */
export class Panels {
  readonly #sheet: Sheet
  readonly #sources: SnapshotSources
  readonly #scrapeMs: number

  constructor(sheet: Sheet, sources: SnapshotSources) {
    this.#sheet = sheet
    this.#sources = sources
    this.#scrapeMs = sources.facts().scrapeIntervalMs
  }

  /** A panel that cannot be drawn says why. */
  async draw(panel: Panel): Promise<Html> {
    const { html } = this.#sheet
    const { title, description, width = DEFAULT_WIDTH } = panel
    const body = await this.#body(panel).catch((error: unknown) => {
      this.#sheet.signal.throwIfAborted()
      return html`<p class="failed">${error instanceof Error ? error.message : String(error)}</p>`
    })
    await this.#sheet.breathe()
    const told = description === undefined ? NOTHING : html`<p class="note">${description}</p>`
    return html`<div class="card w${width}">
      <h4>${title}</h4>
      ${panel.kind === 'stat' ? NOTHING : told}${body}
    </div>`
  }

  #body(panel: Panel): Promise<Html> {
    switch (panel.kind) {
      case 'time-series':
        return this.#lines(panel)
      case 'stat':
        return this.#stat(panel)
      case 'bars':
        return this.#bars(panel)
      case 'table':
        return this.#table(panel)
      case 'heatmap':
        return this.#heat(panel.expr, panel)
      case 'list':
        return Promise.resolve(this.#sheet.html`<p class="none">Left out: it names people, and is of now.</p>`)
    }
  }

  async #lines(panel: TimeSeriesPanel): Promise<Html> {
    const { frame, left } = await this.#frame(panel.queries)
    const { title, unit = 'short', decimals, stacked: isStacked, min, max, thresholds } = panel
    const drawn = await drawLines(this.#sheet, frame, { title, unit, decimals, isStacked, min, max, thresholds })
    return this.#sheet.html`${drawn}${this.#more(left)}`
  }

  async #stat({ queries, unit = 'short', decimals, thresholds }: StatPanel): Promise<Html> {
    const { html, zone } = this.#sheet
    const { frame, left } = await this.#frame(queries)
    if (frame.lines.length === 0) return html`<p class="none">No values in this range.</p>`
    const isMany = frame.lines.length > 1
    const lines = frame.lines.map(({ name, values }, index) => {
      const { last, mean, max } = figuresOf(frame.times, values)
      const [now, usual, most] = [last, mean, max].map((value) => formatNumber(value, unit, decimals, zone))
      const about = isMany ? html`<span class="muted">${name}</span>` : NOTHING
      return html`<div class="stat ${isMany ? 'many' : ''} ${levelOf(last, thresholds)}"><b>${now}</b>${about}</div>
        ${drawSpark(this.#sheet, frame, values, index)}
        <p class="cut">mean ${usual}, max ${most}</p>`
    })
    return html`${lines.slice(0, CEILINGS.rows)}${leftOut(this.#sheet, CEILINGS.rows, lines.length, 'values')}${this.#more(left)}`
  }

  async #bars(panel: BarsPanel): Promise<Html> {
    const { html, zone } = this.#sheet
    const { reference, unit, decimals, thresholds } = panel
    const answers = await this.#instants(reference === undefined ? panel.queries : [...panel.queries, reference])
    const { bars, longest } = barsOf(panel, answers)
    if (bars.length === 0) return html`<p class="none">No values at the end of this range.</p>`
    const share = (value: number): string =>
      `${(longest > 0 ? Math.min(1, Math.max(0, value / longest)) * 100 : 0).toFixed(1)}%`
    const text = (value: number): string => formatNumber(value, unit, decimals, zone)
    const items = bars.map(({ name, value, mark }) => {
      const beside = mark === undefined ? NOTHING : html` <span class="muted">(${text(mark)})</span>`
      const line = mark === undefined ? NOTHING : html`<rect class="k" x="${share(mark)}" width="2" height="12" />`
      return html`<li class="${levelOf(value, thresholds)}">
        <span>${name}</span
        ><svg aria-hidden="true">
          <rect class="b" width="${share(value)}" height="12" rx="2" />
          ${line}</svg
        ><span class="n">${text(value)}${beside}</span>
      </li>`
    })
    const about =
      reference === undefined ? NOTHING : html`<p class="cut">The mark, and in brackets: ${reference.title}.</p>`
    return html`<ul class="bars">
        ${items}
      </ul>
      ${about}`
  }

  async #table(panel: TablePanel): Promise<Html> {
    const { html, zone } = this.#sheet
    const rows = rowsByLabels(panel.labels, await this.#instants(panel.queries))
    if (rows.length === 0) return html`<p class="none">No values at the end of this range.</p>`
    const sorted = [...rows].sort((a, b) => (b.values[0] ?? -Infinity) - (a.values[0] ?? -Infinity))
    const cells = sorted
      .slice(0, CEILINGS.rows)
      .map(({ labels, values }) => [
        ...labels,
        ...values.map((value, i) => formatNumber(value, panel.queries[i]?.unit ?? panel.unit, panel.decimals, zone)),
      ])
    const columns = [
      ...panel.labels.map((name) => ({ name })),
      ...panel.queries.map(({ column }) => ({ name: column, isNumber: true })),
    ]
    const all = table(this.#sheet, panel.title, columns, cells)
    return html`${all}${leftOut(this.#sheet, cells.length, rows.length, 'rows')}`
  }

  async #heat(expr: string, { title, unit = 'seconds' }: Panel): Promise<Html> {
    const { frame } = await this.#frame([{ expr }], HEAT_MOMENTS)
    return drawHeat(this.#sheet, bucketsOf(frame), title, unit)
  }

  async #frame(queries: readonly Asked[], moments?: number): Promise<Framed> {
    const { window, signal } = this.#sheet
    const steps = stepsIn(window, stepFor(window.to - window.from, moments))
    let frame: Frame | undefined
    let left = 0
    for (const [i, { expr, legend }] of queries.entries()) {
      const result = await this.#sources.range(this.#ready(expr, steps.step), steps, signal)
      const framed = frameOf(result, steps, legend)
      const lines = framed.frame.lines.map((line) => ({ ...line, key: `${i} ${line.key}` }))
      frame = { times: framed.frame.times, lines: [...(frame?.lines ?? []), ...lines] }
      left += framed.left
    }
    return { frame: frame ?? { times: [], lines: [] }, left }
  }

  async #instants(queries: readonly Asked[]): Promise<readonly (readonly InstantSeries[])[]> {
    const { window, signal } = this.#sheet
    const step = stepFor(window.to - window.from)
    const answers: (readonly InstantSeries[])[] = []
    for (const { expr } of queries) {
      answers.push(instantOf(await this.#sources.query(this.#ready(expr, step), window.to, signal)))
    }
    return answers
  }

  #ready(expr: string, step: number): string {
    return fillRateInterval(expr, step, this.#scrapeMs)
  }

  #more(left: number): Html {
    const { html } = this.#sheet
    return left === 0 ? NOTHING : html`<p class="cut">${left} more series were not looked at.</p>`
  }
}
