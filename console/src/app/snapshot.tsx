import type { JSX } from 'preact'
import { saveSnapshot, snapshotState } from '../data/snapshot.ts'
import { Icon } from '../parts/icon.tsx'

/** Saves what there is of the range as one file. */
export function SnapshotButton(): JSX.Element {
  const isBusy = snapshotState.value.kind === 'busy'
  const label = isBusy ? 'The snapshot is being made' : 'Snapshot: save this range as a file'
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      aria-busy={isBusy}
      title={label}
      onClick={() => void saveSnapshot()}
    >
      <Icon name="snapshot" />
    </button>
  )
}

/** Why there is no file, where there is none. */
export function SnapshotNotice(): JSX.Element | null {
  const state = snapshotState.value
  if (state.kind === 'idle') return null
  return (
    <p class="banner" role="status">
      {state.kind === 'busy' ? (
        'The snapshot is being made. The browser saves it as soon as it is there.'
      ) : (
        <>
          There is no snapshot: {state.reason}{' '}
          <button type="button" onClick={() => void saveSnapshot()}>
            Try again
          </button>{' '}
          <button type="button" onClick={() => (snapshotState.value = { kind: 'idle' })}>
            Close
          </button>
        </>
      )}
    </p>
  )
}
