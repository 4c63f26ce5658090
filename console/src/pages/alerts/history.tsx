import type { JSX } from 'preact'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import { range, windowOf } from '../../state/time-range.ts'
import type { DecisionsAnswer, ToldReceiver } from './api.ts'
import { DecisionList, VERDICTS } from './decision-list.tsx'
import { useResource } from './resource.ts'

const PAGE = 50

/** What was decided in the page's time range, to be searched. */
export function History({ receivers }: { readonly receivers: readonly ToldReceiver[] }): JSX.Element {
  const offset = Math.max(0, Math.floor(Number(param('skip')) || 0))
  const { from, to, follows } = range.value
  const window = windowOf(range.value)
  const query = new URLSearchParams({ limit: String(PAGE + 1), offset: String(offset) })
  for (const name of ['receiver', 'verdict', 'text']) if (param(name) !== '') query.set(name, param(name))
  // A range that follows the clock begins on a whole minute, so that it is not another question at each look.
  query.set('from', String(follows ? Math.floor(window.from / 60_000) * 60 : Number(from) / 1000))
  if (!follows) query.set('to', String(Number(to) / 1000))
  const { data, error } = useResource<DecisionsAnswer>(`api/alerting/decisions?${query.toString()}`).state.value
  const decisions = data?.decisions ?? []
  const change = (changes: Readonly<Record<string, string>>): void => setParams({ ...changes, skip: undefined })
  return (
    <>
      <div class="alert-bar">
        <input
          type="search"
          aria-label="Find decisions"
          placeholder="Find by text"
          value={param('text')}
          onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        />
        <select
          aria-label="Receiver"
          value={param('receiver')}
          onChange={({ currentTarget }) => change({ receiver: currentTarget.value })}
        >
          <option value="">Every receiver</option>
          {receivers.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <select
          aria-label="Verdict"
          value={param('verdict')}
          onChange={({ currentTarget }) => change({ verdict: currentTarget.value })}
        >
          <option value="">Every verdict</option>
          {VERDICTS.map((verdict) => (
            <option key={verdict}>{verdict}</option>
          ))}
        </select>
      </div>
      {error !== undefined && <Failure>{error}</Failure>}
      {data === undefined && error === undefined && <Loading />}
      {data !== undefined && decisions.length === 0 && (
        <Empty title="Nothing was decided in this time">
          Whom what is told, and why not, stands here. The time range of the page can be made longer.
        </Empty>
      )}
      {decisions.length > 0 && (
        <div class="card">
          <DecisionList decisions={decisions.slice(0, PAGE)} />
        </div>
      )}
      {(offset > 0 || decisions.length > PAGE) && (
        <nav class="buttons" aria-label="Pages of the history">
          <button
            type="button"
            disabled={offset === 0}
            onClick={() => setParams({ skip: offset > PAGE ? String(offset - PAGE) : undefined })}
          >
            Newer
          </button>
          <button
            type="button"
            disabled={decisions.length <= PAGE}
            onClick={() => setParams({ skip: String(offset + PAGE) })}
          >
            Older
          </button>
        </nav>
      )}
    </>
  )
}
