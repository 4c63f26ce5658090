import type { JSX } from 'preact'
import { facts } from '../data/facts.ts'
import { lastTickAt, streamState, tickEveryMs } from '../data/live.ts'
import { formatMoment } from '../format/number.ts'
import { Icon } from '../parts/icon.tsx'
import { nextTheme, theme } from '../state/preferences.ts'
import { followAgain, isLive, range, setLive, zoomOut } from '../state/time-range.ts'
import { openPalette } from './palette.tsx'
import { SnapshotButton } from './snapshot.tsx'
import { TimePicker } from './time-picker.tsx'
import { ReadOnly, Visitor } from './visitor.tsx'

export function TopBar(): JSX.Element {
  const { service, environment, version } = facts.value ?? {}
  return (
    <header class="top-bar">
      <p class="service">
        <strong>{service ?? ' '}</strong>
        {version !== undefined && <span class="muted">{version}</span>}
        {environment !== undefined && <span class="badge badge-neutral">{environment}</span>}
        <ReadOnly />
      </p>
      <div class="top-actions">
        <Live />
        <TimePicker />
        <SnapshotButton />
        <button
          type="button"
          class="icon-button"
          aria-label="Go to… (Ctrl K)"
          title="Go to… (Ctrl K)"
          onClick={openPalette}
        >
          <Icon name="search" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={`Theme: ${theme.value}`}
          title={`Theme: ${theme.value}`}
          onClick={nextTheme}
        >
          <Icon name="theme" />
        </button>
        <Visitor />
      </div>
    </header>
  )
}

/** Of a range in the past: more of it, or back to the present. */
function Fixed(): JSX.Element {
  return (
    <>
      <button
        type="button"
        class="icon-button"
        aria-label="Zoom out"
        title="Zoom out (double click on a chart)"
        onClick={zoomOut}
      >
        <Icon name="zoom-out" />
      </button>
      <button type="button" class="live" title="Back to the present" onClick={followAgain}>
        <Icon name="play" size={14} />
        <span>go live</span>
      </button>
    </>
  )
}

/** Whether the page moves, and what to press so that it does or stops. */
function Live(): JSX.Element | null {
  if (!range.value.follows) return <Fixed />
  const on = isLive.value
  const every = tickEveryMs.value / 1000
  const state = !on
    ? 'paused'
    : streamState.value === 'open'
      ? 'live'
      : streamState.value === 'lost'
        ? 'lost'
        : 'connecting'
  const title = on
    ? `Every ${every === 1 ? 'second' : `${every} s`}${lastTickAt.value > 0 ? `, last ${formatMoment(lastTickAt.value, false)}` : ''}. Press to pause.`
    : 'Paused. Press to go on.'
  return (
    <button type="button" class={`live live-${state}`} aria-pressed={on} title={title} onClick={() => setLive(!on)}>
      <Icon name={on ? 'pause' : 'play'} size={14} />
      <span>{state}</span>
    </button>
  )
}
