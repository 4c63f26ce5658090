import { formatNumber } from '../../../../charts/index.ts'
import { serviceOf, type SpanData, type StoredTrace } from '../../../../tracing/index.ts'
import { summaryOf, type TraceSummary } from '../../../traces/trace-summary.ts'
import { CEILINGS } from '../ceilings.ts'
import { badge, counted, facts, leftOut, several } from '../parts.ts'
import type { Section } from '../section.ts'
import { type Html, NOTHING, type Sheet } from '../sheet.ts'
import { SPANS_DEEP } from '../style.ts'

interface Found {
  readonly trace: StoredTrace
  readonly summary: TraceSummary
}

interface Placed {
  readonly span: SpanData
  readonly service: string
  readonly depth: number
}

/** The longest of any number, of which no more are held than are shown. */
class Longest {
  count = 0
  readonly found: Found[] = []

  add(one: Found): void {
    this.count++
    const shortest = this.found.at(-1)
    const isFull = this.found.length >= CEILINGS.traces
    if (isFull && shortest !== undefined && shortest.summary.durationMs >= one.summary.durationMs) return
    if (isFull) this.found.pop()
    this.found.push(one)
    this.found.sort((a, b) => b.summary.durationMs - a.summary.durationMs)
  }
}

/** Those that failed and the slowest of the others, each with its waterfall. */
export const TRACES: Section = {
  id: 'traces',
  title: 'Traces',
  make: async (sheet, { traces: store }) => {
    const { html, window } = sheet
    if (store === undefined) return { body: html`<p class="none">Traces are not kept here.</p>`, glance: 'not kept' }
    const [failed, others] = [new Longest(), new Longest()]
    for (const trace of store.all()) {
      await sheet.breathe()
      if (trace.startMs < window.from || trace.startMs > window.to) continue
      const summary = summaryOf(trace)
      const kind = summary.errors > 0 ? failed : others
      kind.add({ trace, summary })
    }
    const all = failed.count + others.count
    if (all === 0) return { body: html`<p class="none">No trace of this range is kept.</p>`, glance: 'none' }
    const { evictedTraces } = store.stats
    const gone = evictedTraces === 0 ? '' : ` ${several(evictedTraces, 'trace')} went for newer ones since the start.`
    return {
      body: html`<p class="note">
          ${several(all, 'trace')} of this range, ${counted(failed.count)} of them failed.${gone} What is drawn are the
          longest.
        </p>
        ${await list(sheet, 'Failed', failed)}${await list(sheet, 'Slowest of the others', others)}`,
      glance: `${counted(failed.count)} failed of ${counted(all)}`,
      tone: failed.count > 0 ? 'critical' : undefined,
    }
  },
}

async function list(sheet: Sheet, title: string, { found, count }: Longest): Promise<Html> {
  if (count === 0) return NOTHING
  const { html } = sheet
  const drawn: Html[] = []
  for (const one of found) {
    drawn.push(waterfall(sheet, one, drawn.length === 0))
    await sheet.breathe()
  }
  return html`<h3 class="row-title">${title}</h3>
    <div class="stack">${drawn}</div>
    ${leftOut(sheet, drawn.length, count, 'traces')}`
}

function waterfall(sheet: Sheet, { trace, summary }: Found, isOpen: boolean): Html {
  const { html } = sheet
  const { root, durationMs, startMs, spans: count, errors, partial } = summary
  const spans = placed(trace)
  const shown = spans.slice(0, CEILINGS.spans).map((span) => row(sheet, span, summary))
  const failed = errors === 0 ? NOTHING : badge(sheet, 'critical', `${several(errors, 'span')} failed`)
  const missing = partial ? html`<p class="cut">Parts of it may be missing.</p>` : NOTHING
  return html`<details class="card" ${isOpen ? 'open' : ''}>
    <summary>
      <b>${root.name}</b><span class="muted">${root.service}</span><b>${duration(durationMs)}</b
      ><span class="muted">${sheet.moment(startMs)}, ${several(count, 'span')}</span>${failed}
    </summary>
    <p class="mono muted">${trace.traceId}</p>
    ${missing}
    <ul class="spans">
      ${shown}
    </ul>
    ${leftOut(sheet, shown.length, spans.length, 'spans')}
  </details>`
}

function row(sheet: Sheet, { span, service, depth }: Placed, { startMs, durationMs }: TraceSummary): Html {
  const { html } = sheet
  const took = span.endMs - span.startMs
  const whole = Math.max(durationMs, 1e-6)
  const [left, wide] = [(span.startMs - startMs) / whole, took / whole].map((part) => `${(part * 100).toFixed(2)}%`)
  const isError = span.status === 'error'
  const attributes = Object.entries(span.attributes)
  const shown = attributes.slice(0, CEILINGS.attributes)
  const details =
    shown.length === 0
      ? NOTHING
      : html`<details class="span-more">
          <summary>${several(attributes.length, 'attribute')}</summary>
          ${facts(
            sheet,
            shown.map(([name, value]) => [name, sheet.field(name, value)] as const),
          )}${leftOut(sheet, shown.length, attributes.length, 'attributes')}
        </details>`
  const message =
    isError && span.statusMessage !== undefined ? html`<p class="span-more">${span.statusMessage}</p>` : NOTHING
  const deep = depth === 0 ? '' : ` d${Math.min(depth, SPANS_DEEP)}`
  const state = isError ? html` ${badge(sheet, 'critical', 'failed')}` : NOTHING
  return html`<li>
    <div class="span${deep}${isError ? ' error' : ''}">
      <span class="span-name"><b>${span.name}</b> <span class="muted">${service} ${span.kind}</span>${state}</span
      ><svg aria-hidden="true">
        <rect class="back" width="100%" height="12" />
        <rect class="${isError ? 'e' : 'f1'}" x="${left}" width="${wide}" height="12" />
        <rect class="${isError ? 'e' : 'f1'}" x="${left}" width="1" height="12" /></svg
      ><span class="n">${duration(took)}</span>
    </div>
    ${message}${details}
  </li>`
}

/** Each span before those beneath it, in the order of their starts. */
function placed({ parts }: StoredTrace): readonly Placed[] {
  const all = parts.flatMap((part) => part.spans.map((span) => ({ span, service: serviceOf(part) })))
  const ids = new Set(all.map(({ span }) => span.spanId))
  const below = new Map<string, typeof all>()
  const stack: ((typeof all)[number] & { readonly depth: number })[] = []
  for (const one of all.sort((a, b) => b.span.startMs - a.span.startMs)) {
    const { parentSpanId: parent, spanId } = one.span
    if (parent === undefined || parent === spanId || !ids.has(parent)) stack.push({ ...one, depth: 0 })
    else below.set(parent, [...(below.get(parent) ?? []), one])
  }
  const found: Placed[] = []
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { depth, span } = next
    found.push(next)
    for (const child of below.get(span.spanId) ?? []) stack.push({ ...child, depth: depth + 1 })
    // Told once: what has come in a circle, or twice, ends.
    below.delete(span.spanId)
  }
  return found
}

function duration(ms: number): string {
  return formatNumber(ms, 'milliseconds')
}
