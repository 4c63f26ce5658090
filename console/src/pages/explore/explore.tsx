import './explore.css'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { JSX } from 'preact'
import { askJson } from '../../data/ask.ts'
import { Failure } from '../../parts/states.tsx'
import { param, setParams } from '../../state/place.ts'
import { isFull } from './asked.ts'
import { ExplainView } from './explain-view.tsx'
import { GraphView } from './graph-view.tsx'
import { HeatView } from './heat-view.tsx'
import { HistoryDialog } from './history-dialog.tsx'
import { InstantView } from './instant-view.tsx'
import { loadMetadata } from './load-metadata.ts'
import type { Metadata } from './metadata.ts'
import { MetricExplorer } from './metric-explorer.tsx'
import { QueryRow } from './query-row.tsx'
import { add, followQueries, rows, run } from './session.ts'
import { Start } from './start.tsx'
import { STEPS } from './steps.ts'
import { shownTab, Tabs } from './tabs.tsx'
import { useAsked } from './use-asked.ts'

const NAMES_EVERY_MS = 30_000
const NO_METADATA: Metadata = new Map()
/** Where there is room for it, the list of metrics is open unless it was closed. */
const hasRoom = window.matchMedia('(min-width: 1200px)')

/** Ask whatever there is, and see what it is made of. */
export default function Explore(): JSX.Element {
  const isHistoryOpen = useSignal(false)
  const known = useAsked('names', NAMES_EVERY_MS, async (_, signal) => {
    const [metadata, { data: names }] = await Promise.all([
      loadMetadata(signal),
      askJson<{ readonly data: readonly string[] }>('api/v1/label/__name__/values', { signal }),
    ])
    return { metadata, names }
  })
  useEffect(followQueries, [])
  const { data, error } = known.value
  const metadata = data?.metadata ?? NO_METADATA
  const isListOpen = param('list') === '' ? hasRoom.matches : param('list') === 'on'
  return (
    <>
      <div class="page-head">
        <h1>Explore</h1>
        <button
          type="button"
          aria-pressed={isListOpen}
          onClick={() => setParams({ list: isListOpen === hasRoom.matches ? (isListOpen ? 'off' : 'on') : undefined })}
        >
          Metrics
        </button>
      </div>
      {error !== undefined && <Failure>{error}</Failure>}
      <div class={isListOpen ? 'explore with-metrics' : 'explore'}>
        <div class="queries">
          {rows.value.map((row, i) => (
            <QueryRow key={row.id} row={row} index={i} isOnly={rows.value.length === 1} metadata={metadata} />
          ))}
          <div class="query-bar">
            <button type="button" class="primary" title="Shift Enter" onClick={run}>
              Run
            </button>
            <button type="button" disabled={isFull(rows.value)} onClick={() => add()}>
              Add query
            </button>
            <button type="button" onClick={() => (isHistoryOpen.value = true)}>
              History
            </button>
            <span class="muted keys">Shift Enter runs · Escape, then Tab leaves the editor</span>
          </div>
        </div>
        {isListOpen && <MetricExplorer names={data?.names ?? []} metadata={metadata} />}
        <Results names={data?.names} metadata={metadata} />
      </div>
      {isHistoryOpen.value && <HistoryDialog onClose={() => (isHistoryOpen.value = false)} />}
    </>
  )
}

function Results({
  names,
  metadata,
}: {
  readonly names: readonly string[] | undefined
  readonly metadata: Metadata
}): JSX.Element {
  const asked = rows.value.filter(({ asked }) => asked.expr !== '')
  const shown = asked.filter(({ asked }) => !asked.isHidden)
  const tab = shownTab()
  if (asked.length === 0) {
    return (
      <div class="results">
        <Start names={names} metadata={metadata} />
      </div>
    )
  }
  return (
    <div class="results">
      <div class="results-bar">
        <Tabs />
        <div class="choices">
          {tab === 'graph' && (
            <label class="field">
              <input
                type="checkbox"
                checked={param('stacked') !== ''}
                onChange={({ currentTarget }) => setParams({ stacked: currentTarget.checked ? '1' : undefined })}
              />
              Stacked
            </label>
          )}
          {tab === 'graph' && (
            <label class="field">
              Step
              <select value={param('step')} onChange={({ currentTarget }) => setParams({ step: currentTarget.value })}>
                {STEPS.map(([value, name]) => (
                  <option key={value} value={value}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          )}
        </div>
      </div>
      <div id="results" role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {shown.length === 0 && <p class="none">All queries are hidden.</p>}
        {shown.length > 0 && tab === 'graph' && <GraphView rows={shown} metadata={metadata} />}
        {tab === 'table' && <InstantView rows={shown} metadata={metadata} />}
        {tab === 'heat' && <HeatView rows={shown} metadata={metadata} />}
        {tab === 'explain' && <ExplainView rows={shown} />}
      </div>
    </div>
  )
}
