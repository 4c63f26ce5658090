import type { JSX } from 'preact'
import { param, setParams } from '../../state/place.ts'

export type Tab = 'graph' | 'table' | 'heat' | 'explain'

const TABS: readonly (readonly [tab: Tab, name: string])[] = [
  ['graph', 'Graph'],
  ['table', 'Table'],
  ['heat', 'Heat map'],
  ['explain', 'Explain'],
]

export function shownTab(): Tab {
  return TABS.find(([tab]) => tab === param('tab'))?.[0] ?? 'graph'
}

/** How the answers are shown; arrows move from one to the next. */
export function Tabs(): JSX.Element {
  const shown = shownTab()
  const choose = (tab: Tab): void => setParams({ tab: tab === 'graph' ? undefined : tab }, 'push')
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
    if (by === 0 || !(event.currentTarget instanceof HTMLElement)) return
    const at = TABS.findIndex(([tab]) => tab === shown)
    const next = (at + by + TABS.length) % TABS.length
    const chosen = TABS[next]
    if (chosen !== undefined) choose(chosen[0])
    event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]')[next]?.focus()
    event.preventDefault()
  }
  return (
    <div class="tabs" role="tablist" aria-label="How it is shown" onKeyDown={onKeyDown}>
      {TABS.map(([tab, name]) => (
        <button
          key={tab}
          type="button"
          role="tab"
          id={`tab-${tab}`}
          aria-selected={tab === shown}
          aria-controls="results"
          tabIndex={tab === shown ? 0 : -1}
          onClick={() => choose(tab)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
