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

/** Those that failed and the slowest of the others, each with its waterfall. */
export const TRACES: Section = {
  id: 'traces',
  title: 'Traces',
  make: async (sheet, { traces: store }) => {
    const { html, window } = sheet
    if (store === undefined) return { body: html`<p class="none">Traces are not kept here.</p>`, glance: 'not kept' }
    const all: Found[] = []
    for (const trace of store.search({ fromMs: window.from, toMs: window.to, limit: Infinity })) {
      all.push({ trace, summary: summaryOf(trace) })
      await sheet.breathe()
    }
    if (all.length === 0) return { body: html`<p class="none">No trace of this range is kept.</p>`, glance: 'none' }
    const longest = all.sort((a, b) => b.summary.durationMs - a.summary.durationMs)
    const failed = longest.filter(({ summary }) => summary.errors > 0)
    const others = longest.filter(({ summary }) => summary.errors === 0)
    const { evictedTraces } = store.stats
    const gone = evictedTraces === 0 ? '' : ` ${several(evictedTraces, 'trace')} went for newer ones since the start.`
    return {
      body: html`<p class="note">
          ${several(all.length, 'trace')} of this range, ${counted(failed.length)} of them failed.${gone} What is drawn
          are the longest.
        </p>
        ${await list(sheet, 'Failed', failed)}${await list(sheet, 'Slowest of the others', others)}`,
      glance: `${counted(failed.length)} failed of ${counted(all.length)}`,
      tone: failed.length > 0 ? 'critical' : undefined,
    }
  },
}

async function list(sheet: Sheet, title: string, all: readonly Found[]): Promise<Html> {
  if (all.length === 0) return NOTHING
  const { html } = sheet
  const drawn: Html[] = []
  for (const one of all.slice(0, CEILINGS.traces)) {
    drawn.push(waterfall(sheet, one, drawn.length === 0))
    await sheet.breathe()
  }
  return html`<h3 class="row-title">${title}</h3>
    <div class="stack">${drawn}</div>
    ${leftOut(sheet, drawn.length, all.length, 'traces')}`
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
