import type { JSX } from 'preact'
import { useJson } from '../../data/use-answer.ts'
import { formatNumber } from '../../format/number.ts'
import { Age } from '../../parts/age.tsx'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { ChoiceField, hasWords, SearchField } from '../../parts/url-fields.tsx'
import { addressOf, param, setParams } from '../../state/place.ts'
import { CATEGORIES, type ErrorGroup, type ErrorsAnswer, SEVERITIES } from './answers.ts'
import { ErrorRates } from './error-rates.tsx'
import { SeverityBadge } from './severity-badge.tsx'

const ANY = ['', 'any'] as const
const ORDERS = [
  ['last', 'last seen'],
  ['count', 'count'],
  ['first', 'first seen'],
] as const

export function ErrorList(): JSX.Element {
  const { value, error } = useJson<ErrorsAnswer>('diagnostics/errors?limit=1000', { topic: 'errors' }).state.value
  return (
    <>
      <h1>Errors</h1>
      <p class="lead">In groups: what has the same cause counts as one, since the service started.</p>
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined ? error === undefined && <Loading height={300} /> : <Groups answer={value} />}
    </>
  )
}

function Groups({ answer }: { readonly answer: ErrorsAnswer }): JSX.Element {
  if (answer.groups.length === 0) {
    return (
      <Empty title="No errors">
        Requests that fail, exceptions that nobody catches, and what the code hands to{' '}
        <code>boxman.node.errors.record(error)</code> will be here, in groups.
      </Empty>
    )
  }
  const shown = answer.groups.filter(isChosen).sort(byOrder(param('sort', 'last')))
  return (
    <>
      <h2 class="part">How often</h2>
      <ErrorRates />
      <h2 class="part">Groups</h2>
      <div class="field-bar" role="search" aria-label="Errors">
        <SearchField label="Search" placeholder="message, name, code, route, file" />
        <ChoiceField
          label="Category"
          name="category"
          options={[ANY, ...CATEGORIES.map((one) => [one, one] as const)]}
        />
        <ChoiceField
          label="Severity"
          name="severity"
          options={[ANY, ...SEVERITIES.map((one) => [one, one] as const)]}
        />
        <ChoiceField label="Sorted by" name="sort" options={ORDERS} />
      </div>
      <p class="note" role="status">
        {shown.length === answer.groups.length
          ? `${answer.total_groups} ${answer.total_groups === 1 ? 'group' : 'groups'}`
          : `${shown.length} of ${answer.total_groups} groups`}
        {answer.evicted_groups > 0 && `; ${answer.evicted_groups} older ones made room (errors.maxGroups)`}
      </p>
      {shown.length === 0 ? (
        <Empty title="No group fits">
          <button type="button" onClick={() => setParams({ q: undefined, category: undefined, severity: undefined })}>
            Show all
          </button>
        </Empty>
      ) : (
        <ul class="error-list">
          {shown.map((group) => (
            <ErrorItem key={group.fingerprint} group={group} />
          ))}
        </ul>
      )}
    </>
  )
}

function ErrorItem({ group }: { readonly group: ErrorGroup }): JSX.Element {
  const { fingerprint, name, code, message, category, severity, count, route } = group
  return (
    <li class="card error-item">
      <div class="error-what">
        <a href={addressOf(`errors/${fingerprint}`)} class="error-title">
          {titleOf(group)}
        </a>
        {name !== null && <p class="error-message">{message}</p>}
        <p class="error-about">
          <SeverityBadge severity={severity} />
          <span>{category}</span>
          {code !== null && <code>{code}</code>}
          {route !== null && <span>{route}</span>}
        </p>
      </div>
      <dl class="error-figures">
        <div>
          <dt>Count</dt>
          <dd>{formatNumber(count)}</dd>
        </div>
        <div>
          <dt>Last</dt>
          <dd>
            <Age at={group.last_seen} />
          </dd>
        </div>
        <div>
          <dt>First</dt>
          <dd>
            <Age at={group.first_seen} />
          </dd>
        </div>
      </dl>
    </li>
  )
}

export function titleOf({ name, message }: Pick<ErrorGroup, 'name' | 'message'>): string {
  return name ?? message
}

function isChosen(group: ErrorGroup): boolean {
  const [category, severity] = [param('category'), param('severity')]
  const { name, code, message, route, stack, fingerprint } = group
  return (
    (category === '' || group.category === category) &&
    (severity === '' || group.severity === severity) &&
    hasWords(param('q'), [name, code, message, route, fingerprint, ...(stack ?? [])])
  )
}

function byOrder(order: string): (a: ErrorGroup, b: ErrorGroup) => number {
  const time = (text: string | null): number => (text === null ? 0 : Date.parse(text))
  if (order === 'count') return (a, b) => b.count - a.count
  if (order === 'first') return (a, b) => time(b.first_seen) - time(a.first_seen)
  return (a, b) => time(b.last_seen) - time(a.last_seen)
}
