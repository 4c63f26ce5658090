import type { JSX } from 'preact'
import { formatNumber } from '../../format/number.ts'
import { Badge, Empty, type Tone } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import { AlertChart, Expression } from './alert-chart.tsx'
import type { Rule, RuleGroup } from './api.ts'
import { Backtest } from './backtest.tsx'
import { toneOf } from './shown-alert.ts'
import { LabelList, momentOf } from './words.tsx'

const STATES = ['firing', 'pending', 'inactive', 'error', 'nodata', 'recording'] as const
const TONES: Readonly<Record<string, Tone>> = {
  firing: 'critical',
  pending: 'warning',
  error: 'critical',
  nodata: 'warning',
  inactive: 'good',
}
/** Go's zero time. */
const NEVER = '0001-'

function stateOf(rule: Rule): string {
  if (rule.type === 'recording') return rule.health === 'err' ? 'error' : 'recording'
  return rule.boxman?.state ?? rule.state ?? 'inactive'
}

/** All rules, how they stand, and a try of one before it is one. */
export function Rules({ groups }: { readonly groups: readonly RuleGroup[] }): JSX.Element {
  const words = param('find').toLowerCase().split(/\s+/)
  const wanted = param('state')
  const isShown = (rule: Rule): boolean =>
    (wanted === '' || stateOf(rule) === wanted) &&
    words.every((word) => `${rule.name}\n${rule.query}`.toLowerCase().includes(word))
  const shown = groups
    .map((group) => ({ ...group, rules: group.rules.filter(isShown) }))
    .filter(({ rules }) => rules.length > 0)
  return (
    <>
      <div class="alert-bar">
        <input
          type="search"
          aria-label="Find rules"
          placeholder="Find by name or expression"
          value={param('find')}
          onInput={({ currentTarget }) => setParams({ find: currentTarget.value })}
        />
        <select
          aria-label="State"
          value={wanted}
          onChange={({ currentTarget }) => setParams({ state: currentTarget.value })}
        >
          <option value="">Every state</option>
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state}
            </option>
          ))}
        </select>
        <button
          type="button"
          aria-expanded={param('try') !== ''}
          onClick={() => setParams({ try: param('try') === '' ? 'new' : undefined })}
        >
          Try a rule over the past
        </button>
      </div>
      {param('try') !== '' && <Backtest />}
      {groups.length === 0 ? (
        <Empty title="There are no rules">
          <p>
            <code>rules: ['rules.yml']</code> in the configuration, or <code>boxman.rules.define(...)</code>, brings
            them.
          </p>
        </Empty>
      ) : (
        shown.length === 0 && <p class="none">No rule is as the filter says.</p>
      )}
      {shown.map((group) => (
        <section key={`${group.file} ${group.name}`} class="card rule-group" aria-label={`Group ${group.name}`}>
          <header class="card-head">
            <h3>{group.name}</h3>
            <span class="muted">
              every {formatNumber(group.interval, 'seconds')}, took {formatNumber(group.evaluationTime, 'seconds')}
              {group.lastEvaluation.startsWith(NEVER) ? '' : `, last ${momentOf(group.lastEvaluation)}`}
            </span>
          </header>
          {group.rules.map((rule) => (
            <RuleRow key={`${rule.name} ${rule.query}`} rule={rule} id={`${group.name}/${rule.name}`} />
          ))}
        </section>
      ))}
    </>
  )
}

function RuleRow({ rule, id }: { readonly rule: Rule; readonly id: string }): JSX.Element {
  const isOpen = param('rule') === id
  const state = stateOf(rule)
  const level = toneOf(rule.labels ?? {}) === 'critical' ? 'critical' : 'warning'
  return (
    <div class="rule">
      <div class="alert-head">
        <button
          type="button"
          class="link alert-name"
          aria-expanded={isOpen}
          onClick={() => setParams({ rule: isOpen ? undefined : id })}
        >
          {rule.name}
        </button>
        <Badge tone={state === 'firing' ? toneOf(rule.labels ?? {}) : (TONES[state] ?? 'neutral')}>{state}</Badge>
        {rule.health === 'err' && state !== 'error' && <Badge tone="critical">fails</Badge>}
        {rule.health === 'unknown' && <Badge tone="neutral">not evaluated yet</Badge>}
        <span class="alert-age muted">took {formatNumber(rule.evaluationTime, 'seconds')}</span>
      </div>
      {rule.lastError !== undefined && <p class="failure">{rule.lastError}</p>}
      {isOpen && (
        <div class="rule-inside">
          <Expression query={rule.query} />
          {(rule.duration ?? 0) > 0 && <p class="muted">for {formatNumber(rule.duration, 'seconds')}</p>}
          <LabelList labels={rule.labels ?? {}} />
          <AlertChart rule={rule} level={level} />
          {rule.type === 'alerting' && (
            <button type="button" onClick={() => setParams({ try: JSON.stringify(triedOf(rule)) }, 'push')}>
              Try it with other values
            </button>
          )}
        </div>
      )}
    </div>
  )
}

function triedOf({ name, query, duration = 0, labels = {} }: Rule): object {
  return { alert: name, expr: query, for: `${duration}s`, severity: labels['severity'] ?? '' }
}
