import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { JSX } from 'preact'
import { formatAge } from '../../format/number.ts'
import { Empty, Failure, Loading } from '../../parts/states.tsx'
import { go, param, setParams } from '../../state/place.ts'
import type { FoundTraces } from './ask-traces.ts'
import { formatMs } from './duration.ts'
import { Scatter } from './scatter.tsx'
import { SearchForm } from './search-form.tsx'
import { TraceList } from './trace-list.tsx'
import { newOnes, useTraces } from './use-traces.ts'

const FIRST = 100
const MORE = 5
const MOST = 1500
/** As far as one scrolls who reads the list. */
const HELD_PX = 160

export function SearchPage(): JSX.Element {
  const filter = useComputed(() => ({
    service: param('service'),
    operation: param('operation'),
    status: param('status'),
    min: param('min'),
    max: param('max'),
    attributes: param('attributes'),
    text: param('text'),
    sort: param('sort'),
  }))
  const limit = useComputed(() => Math.min(MOST, Math.max(1, Number(param('limit', String(FIRST))) || FIRST)))
  const isHeld = useSignal(false)
  const top = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const follow = (): void => {
      isHeld.value = window.scrollY > HELD_PX
    }
    window.addEventListener('scroll', follow, { passive: true })
    return () => window.removeEventListener('scroll', follow)
  }, [])
  const state = useTraces(filter, limit, isHeld)
  const traces = useComputed(() => state.value.found?.traces ?? [])
  const { found, waiting, error } = state.value
  const fresh = newOnes(state.value)
  const show = (): void => {
    if (waiting !== undefined) state.value = { found: waiting, waiting: undefined, error: undefined }
    window.scrollTo({ top: 0 })
  }
  return (
    <div ref={top}>
      <h1>Traces</h1>
      <SearchForm filter={filter} services={found?.services ?? []} />
      {error !== undefined && <Failure>{error}</Failure>}
      {found === undefined ? (
        error === undefined && <Loading height={300} />
      ) : found.traces.length === 0 ? (
        <Nothing found={found} />
      ) : (
        <>
          <section class="card scatter" aria-label="Latency">
            <h2>Latency</h2>
            <Scatter
              traces={traces}
              onOpen={(id) => go(`traces/${id}`, { back: window.location.hash })}
              onDurations={(min, max) => setParams({ min: shortMs(min), max: shortMs(max) })}
            />
          </section>
          <p class="found" role="status">
            {found.matched === found.traces.length
              ? `${found.matched} ${found.matched === 1 ? 'trace' : 'traces'}`
              : `${found.traces.length} of ${found.matched} traces`}
            <span class="muted"> · {keptText(found)}</span>
          </p>
          <TraceList traces={found.traces} />
          {found.matched > found.traces.length && found.traces.length < MOST && (
            <button
              type="button"
              class="more"
              onClick={() => setParams({ limit: String(Math.min(MOST, limit.value * MORE)) })}
            >
              Show more
            </button>
          )}
        </>
      )}
      {fresh > 0 && (
        <button type="button" class="fresh primary" onClick={show}>
          {fresh} new {fresh === 1 ? 'trace' : 'traces'}: show
        </button>
      )}
    </div>
  )
}

function Nothing({ found }: { readonly found: FoundTraces }): JSX.Element {
  if (found.kept.traces === 0) {
    return (
      <Empty title="No traces yet">
        Each request of an instrumented server is one, and so is work in <code>boxman.tracer.withSpan(…)</code>. They
        appear here as soon as one has been kept.
      </Empty>
    )
  }
  return (
    <Empty title="No trace in this range is like that">
      {keptText(found)}. Take a longer range, or fewer conditions.
    </Empty>
  )
}

export function keptText({ kept }: Pick<FoundTraces, 'kept'>): string {
  if (kept.oldestMs === null) return 'none are held'
  const gone = kept.evicted > 0 ? `, ${kept.evicted} older ones are gone` : ''
  return `${kept.traces} held in memory, the oldest from ${formatAge(kept.oldestMs)} ago${gone}`
}

/** As it stands in the address. */
function shortMs(ms: number): string {
  return formatMs(ms).replaceAll(' ', '').replace('µs', 'us')
}
