import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { facts, factsError, loadFacts } from '../data/facts.ts'
import { needsLogin } from '../data/ask.ts'
import { streamState } from '../data/live.ts'
import { Failure } from '../parts/states.tsx'
import { place } from '../state/place.ts'
import { Nav } from './nav.tsx'
import { Palette } from './palette.tsx'
import { pageTitle } from './page-title.ts'
import { ShownPage } from './shown-page.tsx'
import { TopBar } from './top-bar.tsx'

/** The frame of every page. */
export function App(): JSX.Element {
  useSignalEffect(() => {
    const service = facts.value?.service
    document.title = [pageTitle(place.value), service, 'Boxman'].filter((part) => part !== undefined).join(' · ')
  })
  if (needsLogin.value && facts.value === undefined) {
    return <Failure>This console needs credentials: {factsError.value}</Failure>
  }
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => skip(event)}>
        To the content
      </a>
      <Nav />
      <div class="column">
        <TopBar />
        <LostConnection />
        <main id="main" tabIndex={-1}>
          {facts.value === undefined && factsError.value !== undefined ? (
            <Failure>
              {factsError.value}{' '}
              <button type="button" onClick={() => void loadFacts()}>
                Try again
              </button>
            </Failure>
          ) : (
            <ShownPage />
          )}
        </main>
      </div>
      <Palette />
    </div>
  )
}

/** The address is the page's own: a link to a place within it would change it. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function LostConnection(): JSX.Element | null {
  if (streamState.value !== 'lost') return null
  return (
    <p class="banner" role="status">
      The connection is lost. What you see is from before; it goes on by itself as soon as the service answers.
    </p>
  )
}
