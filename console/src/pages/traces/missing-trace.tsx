import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { Empty } from '../../parts/states.tsx'
import { addressOf } from '../../state/place.ts'
import { type FoundTraces, keptTraces } from './ask-traces.ts'
import { keptText } from './search-page.tsx'

/** That there is no such trace here, and why that may be. */
export function MissingTrace({ id }: { readonly id: string }): JSX.Element {
  const kept = useSignal<FoundTraces['kept'] | undefined>(undefined)
  useSignalEffect(() => {
    keptTraces().then(
      (found) => {
        kept.value = found
      },
      () => undefined,
    )
  })
  return (
    <Empty title="This trace is not in memory">
      <p>
        <code class="trace-id">{id}</code>
      </p>
      <p>
        It was not among those that are kept, or has gone since: of all traces the memory holds{' '}
        {kept.value === undefined ? 'the latest' : `${kept.value.maxSpans} spans at most`}, and the oldest go first,
        those with errors last.
        {kept.value !== undefined && ` Now: ${keptText({ kept: kept.value })}.`}
      </p>
      <p>
        <a href={addressOf('traces')}>Search for others</a> ·{' '}
        <a href={addressOf('logs', { trace: id })}>Its log lines</a>
      </p>
    </Empty>
  )
}
