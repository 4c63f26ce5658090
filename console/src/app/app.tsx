import { useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { needsLogin } from '../data/ask.ts'
import { facts, factsError, isOutdated } from '../data/facts.ts'
import { recoveries, streamState } from '../data/live.ts'
import { load } from '../data/start.ts'
import { late } from '../parts/late.tsx'
import { Failure } from '../parts/states.tsx'
import { place } from '../state/place.ts'
import { Nav } from './nav.tsx'
import { Palette } from './palette.tsx'
import { pageTitle } from './page-title.ts'
import { ShownPage } from './shown-page.tsx'
import { SnapshotNotice } from './snapshot.tsx'
import { TopBar } from './top-bar.tsx'

/** Most are never asked. */
const Login = late(async () => (await import('./login.tsx')).default)

/** The frame of every page. */
export function App(): JSX.Element {
  useSignalEffect(() => {
    const service = facts.value?.service
    document.title = [pageTitle(place.value), service, 'Boxman'].filter((part) => part !== undefined).join(' · ')
  })
  useSignalEffect(() => {
    // Another process may answer by now, and be another version.
    if (recoveries.value > 0) void load()
  })
  if (needsLogin.value) return <Login />
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => skip(event)}>
        To the content
      </a>
      <Nav />
      <div class="column">
        <TopBar />
        <LostConnection />
        <Outdated />
        <SnapshotNotice />
        <main id="main" tabIndex={-1}>
          {facts.value === undefined && factsError.value !== undefined ? (
            <Failure>
              {factsError.value}{' '}
              <button type="button" onClick={() => void load()}>
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

function Outdated(): JSX.Element | null {
  if (!isOutdated.value) return null
  return (
    <p class="banner" role="status">
      The service was updated, and has another version of this page.{' '}
      <button type="button" onClick={() => window.location.reload()}>
        Load it
      </button>
    </p>
  )
}
