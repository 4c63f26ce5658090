import { formatNumber } from '../../../../charts/index.ts'
import { CEILINGS } from '../ceilings.ts'
import { badge, leftOut, table, type Tone } from '../parts.ts'
import type { Section } from '../section.ts'
import { NOTHING } from '../sheet.ts'

const TONES: Readonly<Record<string, Tone>> = {
  pass: 'good',
  warn: 'warning',
  fail: 'critical',
  closed: 'good',
  'half-open': 'warning',
  open: 'critical',
}

/** As it was when the snapshot was made: nobody keeps what it was before. */
export const HEALTH: Section = {
  id: 'health',
  title: 'Health and dependencies',
  make: (sheet, { health, breakers }) => {
    const { html } = sheet
    const { status } = health.readiness()
    const checks = health.results()
    const columns = ['Check', 'Status', 'Critical', 'Found', 'Output', 'Took', 'At'].map((name) => ({ name }))
    const rows = checks
      .slice(0, CEILINGS.checks)
      .map(({ name, critical, status: own, outcome, observedValue, observedUnit = '', output, durationMs, at }) => [
        name,
        badge(sheet, TONES[own] ?? 'neutral', outcome === 'pending' ? 'pending' : own),
        critical ? 'yes' : 'no',
        observedValue === undefined ? '' : `${formatNumber(observedValue, 'none')} ${observedUnit}`,
        output,
        formatNumber(durationMs, 'milliseconds'),
        sheet.moment(at),
      ])
    const found = breakers?.() ?? []
    const circuits = found
      .slice(0, CEILINGS.checks)
      .map(({ name, library, state, opened, changedAt }) => [
        name,
        library,
        badge(sheet, TONES[state] ?? 'neutral', state),
        opened,
        changedAt === undefined ? '–' : sheet.moment(changedAt),
      ])
    const heads = ['Breaker', 'Library', 'State', 'Opened', 'Changed'].map((name) => ({ name }))
    const circuit =
      circuits.length === 0
        ? NOTHING
        : html`<div class="card">
            ${table(sheet, 'Circuit breakers', heads, circuits)}${leftOut(sheet, circuits.length, found.length, 'breakers')}
          </div>`
    const checked =
      rows.length === 0
        ? html`<p class="none">It has no health checks.</p>`
        : html`<div class="card">
            ${table(sheet, 'Health checks', columns, rows)}${leftOut(sheet, rows.length, checks.length, 'checks')}
          </div>`
    const word = status === 'pass' ? 'ready' : status === 'warn' ? 'ready, degraded' : 'not ready'
    return {
      body: html`<p class="note">
          As it was when the snapshot was made: ${badge(sheet, TONES[status] ?? 'neutral', word)}
        </p>
        <div class="stack">${checked}${circuit}</div>`,
      glance: word,
      tone: status === 'fail' ? 'critical' : status === 'warn' ? 'warning' : undefined,
    }
  },
}
