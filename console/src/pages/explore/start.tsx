import type { JSX } from 'preact'
import { addressOf } from '../../state/place.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { Loading } from '../../parts/states.tsx'
import { examplesFor } from './examples.ts'
import type { Metadata } from './metadata.ts'
import { history } from './session.ts'

const MOST_RECENT = 5
const TAB_NAMES = { graph: 'Graph', table: 'Table', heat: 'Heat map' } as const

/** Where nothing is asked yet: queries that have an answer here, and those that were asked before. */
export function Start({
  names,
  metadata,
}: {
  readonly names: readonly string[] | undefined
  readonly metadata: Metadata
}): JSX.Element {
  if (names === undefined) return <Loading height={240} />
  return (
    <section class="start" aria-label="Queries to begin with">
      <h2>Queries to begin with</h2>
      <ul class="examples">
        {examplesFor(names, metadata).map(({ title, expr, legend, tab }) => (
          <li key={title}>
            <a href={addressOf('explore', { q: expr, legend, tab: tab === 'graph' ? undefined : tab })}>
              <span class="example-head">
                {title} <span class="muted">{TAB_NAMES[tab]}</span>
              </span>
              <code>
                <Breakable text={expr} />
              </code>
            </a>
          </li>
        ))}
      </ul>
      {history.value.length > 0 && (
        <>
          <h2>Asked before</h2>
          <ul class="examples">
            {history.value.slice(0, MOST_RECENT).map((expr) => (
              <li key={expr}>
                <a href={addressOf('explore', { q: expr })}>
                  <code>
                    <Breakable text={expr} />
                  </code>
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}
