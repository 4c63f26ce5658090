import { formatNumber } from '../../../../charts/index.ts'
import type { Decision } from '../../../../alerting/index.ts'
import type { AlertingDoor } from '../../../alerting/door.ts'
import { CEILINGS } from '../ceilings.ts'
import { badge, facts, labels, leftOut, several, table, type Tone } from '../parts.ts'
import type { Section } from '../section.ts'
import { type Html, NOTHING, type Sheet } from '../sheet.ts'
import { alertsOver, type Episode, type ShownAlert } from './alerts-over.ts'

const MOST_EPISODES = 10
/** The annotation that says it in one sentence. */
const SUMMARY = 'summary'
const VERDICT_TONES: Partial<Readonly<Record<Decision['verdict'], Tone>>> = {
  sent: 'good',
  failed: 'critical',
  'given-up': 'critical',
}

/** What fired or was pending, who was told of it, and why somebody was not. */
export const ALERTS_SECTION: Section = {
  id: 'alerts',
  title: 'Alerts',
  make: async (sheet, sources) => {
    const { html } = sheet
    const { alerts, problem } = await alertsOver(sheet, sources)
    const door = sources.alerting()
    const cards: Html[] = []
    for (const alert of alerts.slice(0, CEILINGS.alerts)) {
      cards.push(card(sheet, alert))
      await sheet.breathe()
    }
    const broken = sources
      .ruleGroups()
      .flatMap(({ rules }) => rules)
      .filter(({ health }) => health === 'err')
    const rules = broken
      .slice(0, CEILINGS.rows)
      .map(({ name, lastError }) => html`<p class="failed">The rule ${name} cannot be evaluated: ${lastError}</p>`)
    const none = cards.length === 0 ? html`<p class="none">No alert fired or was pending in this range.</p>` : NOTHING
    const failed =
      problem === undefined ? NOTHING : html`<p class="failed">What fired before is not known: ${problem}</p>`
    const told =
      door === undefined
        ? html`<p class="note">Nobody is told of alerts by this process: it has no alerting of its own.</p>`
        : html`${acknowledged(sheet, door)}${silences(sheet, door)}${await decisions(sheet, door)}`
    const fired = alerts.filter(({ episodes }) => episodes.some(({ kind }) => kind === 'firing')).length
    const pending = alerts.length - fired
    return {
      body: html`${failed}${rules}${none}
        <div class="stack">${cards}</div>
        ${leftOut(sheet, cards.length, alerts.length, 'alerts')}${told}`,
      glance: [`${fired === 0 ? 'none' : fired} fired`, ...(pending === 0 ? [] : [`${pending} pending`])].join(', '),
      tone: fired > 0 ? 'critical' : pending > 0 ? 'warning' : undefined,
    }
  },
}

function card(sheet: Sheet, alert: ShownAlert): Html {
  const { html } = sheet
  const { labels: own, annotations, episodes, query, value, suppressed, receivers } = alert
  const name = own.get('alertname') === '' ? 'Alert' : own.get('alertname')
  const rest = [...own].filter(([label]) => label !== 'alertname')
  const now =
    alert.now === undefined
      ? NOTHING
      : badge(sheet, alert.now === 'firing' ? 'critical' : 'warning', `${alert.now} now`)
  const hidden = suppressed.length === 0 ? NOTHING : badge(sheet, 'neutral', 'suppressed')
  const told = Array.from(annotations, ([annotation, text]) => [annotation, text] as const).filter(
    ([annotation]) => annotation !== SUMMARY,
  )
  const summary = annotations.get(SUMMARY)
  const why = [
    ...(query === undefined ? [] : [['Rule', html`<code>${query}</code>`] as const]),
    ...(value === undefined ? [] : [['Value', formatNumber(value, 'none')] as const]),
    ...(receivers.length === 0 ? [] : [['Receivers', receivers.join(', ')] as const]),
    ...suppressed.map((reason) => ['Suppressed', reason] as const),
  ]
  return html`<div class="card alert">
    <div class="alert-head">
      <h3>${name}</h3>
      ${now}${hidden}${labels(sheet, rest)}
    </div>
    ${summary === '' ? NOTHING : html`<p>${summary}</p>`}${strip(sheet, name, episodes)}${times(sheet, episodes)}${told.length === 0 ? NOTHING : facts(sheet, told)}${why.length === 0 ? NOTHING : facts(sheet, why)}
  </div>`
}

/** When it was pending and when it fired, over the range. */
function strip({ html, window }: Sheet, name: string, episodes: readonly Episode[]): Html {
  const span = window.to - window.from
  const parts = episodes.map(({ kind, from, to }) => {
    const [x, wide] = [(from - window.from) / span, (to - from) / span].map((share) => `${(share * 100).toFixed(2)}%`)
    return html`<rect class="${kind}" x="${x}" width="${wide}" height="14" />`
  })
  return html`<svg class="strip" role="img" aria-label="When ${name} was pending and fired; the times are beneath">
    <rect class="back" width="100%" height="14" />
    ${parts}
  </svg>`
}

function times(sheet: Sheet, episodes: readonly Episode[]): Html {
  const { html, window } = sheet
  const texts = episodes.slice(-MOST_EPISODES).map(({ kind, from, to }) => {
    const begin = from <= window.from ? 'before the range' : sheet.moment(from)
    const end = to >= window.to ? 'the end of the range' : sheet.moment(to)
    return html`<div>
      ${badge(sheet, kind === 'firing' ? 'critical' : 'warning', kind)} from ${begin} to ${end},
      ${formatNumber((to - from) / 1000, 'seconds')} of the range
    </div>`
  })
  return html`<div>${texts}</div>
    ${leftOut(sheet, texts.length, episodes.length, 'times: the last ones')}`
}

function acknowledged(sheet: Sheet, door: AlertingDoor): Html {
  const { html, window } = sheet
  const all = door
    .groups()
    .flatMap(({ labels: own, receiver, acknowledged: by }) => (by === undefined ? [] : [{ own, receiver, by }]))
  const found = all.filter(({ by }) => by.at <= window.to && (by.until ?? Infinity) >= window.from)
  if (found.length === 0) return NOTHING
  const rows = found
    .slice(0, CEILINGS.silences)
    .map(({ own, receiver, by }) => [
      labels(sheet, own),
      receiver,
      by.by,
      sheet.moment(by.at),
      by.until === undefined ? 'it is over' : sheet.moment(by.until),
    ])
  const columns = ['Group', 'Receiver', 'By', 'At', 'Until'].map((name) => ({ name }))
  return html`<h3 class="row-title">Acknowledged</h3>
    <div class="card">${table(sheet, 'Acknowledgements', columns, rows)}</div>
    ${leftOut(sheet, rows.length, found.length, 'acknowledgements')}`
}

function silences(sheet: Sheet, door: AlertingDoor): Html {
  const { html, window } = sheet
  const found = door.silences().filter(({ startsAt, endsAt }) => startsAt <= window.to && endsAt >= window.from)
  if (found.length === 0) return NOTHING
  const rows = found
    .slice(0, CEILINGS.silences)
    .map(({ matchers, createdBy, comment, startsAt, endsAt, maintenance }) => [
      html`${matchers.map((matcher) => html`<code>${matcher.toString()}</code> `)}`,
      maintenance === undefined ? 'silence' : 'maintenance',
      createdBy,
      comment,
      sheet.moment(startsAt),
      sheet.moment(endsAt),
    ])
  const columns = ['Alerts', 'Kind', 'By', 'Comment', 'From', 'Until'].map((name) => ({ name }))
  return html`<h3 class="row-title">Silences in force</h3>
    <div class="card">${table(sheet, 'Silences', columns, rows)}</div>
    ${leftOut(sheet, rows.length, found.length, 'silences')}`
}

async function decisions(sheet: Sheet, door: AlertingDoor): Promise<Html> {
  const { html, window } = sheet
  const found = door.decisions({ from: window.from, to: window.to, limit: Infinity })
  if (found.length === 0) return NOTHING
  const rows: (readonly (string | Html)[])[] = []
  for (const { at, verdict, receiver, integration, groupKey, reason } of found.slice(0, CEILINGS.decisions)) {
    rows.push([
      sheet.moment(at),
      badge(sheet, VERDICT_TONES[verdict] ?? 'neutral', verdict),
      integration ?? receiver,
      html`<span class="mono">${groupKey}</span>`,
      reason,
    ])
    await sheet.breathe()
  }
  const columns = ['When', 'Verdict', 'To', 'Group', 'Why'].map((name) => ({ name }))
  return html`<h3 class="row-title">Who was told, and why not</h3>
    <details class="card">
      <summary><b>${several(found.length, 'decision')}</b><span class="muted">the latest first</span></summary>
      ${table(sheet, 'Decisions', columns, rows)}${leftOut(sheet, rows.length, found.length, 'decisions')}
    </details>`
}
