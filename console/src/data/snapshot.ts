import { signal, type Signal } from '@preact/signals'
import { saveFile } from '../charts/export.ts'
import { place } from '../state/place.ts'
import { range, windowOf } from '../state/time-range.ts'
import { ask, reasonOf } from './ask.ts'

/** What has become of the snapshot that was asked for last. */
export type SnapshotState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly reason: string }

export const snapshotState: Signal<SnapshotState> = signal({ kind: 'idle' })

/** Pages that are charts: what they show is in the file too. */
const DASHBOARDS = 'dashboards'

/** The range of the page as one file, handed to the browser to be kept. */
export async function saveSnapshot(): Promise<void> {
  if (snapshotState.peek().kind === 'busy') return
  snapshotState.value = { kind: 'busy' }
  try {
    const response = await ask(`api/console/snapshot?${asked()}`)
    const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1]
    saveFile(name ?? 'boxman-snapshot.html', await response.blob())
    snapshotState.value = { kind: 'idle' }
  } catch (error) {
    snapshotState.value = { kind: 'failed', reason: reasonOf(error) }
  }
}

function asked(): string {
  const { from, to } = windowOf(range.peek())
  const { page, rest, params } = place.peek()
  const query = new URLSearchParams({
    start: (from / 1000).toFixed(3),
    end: (to / 1000).toFixed(3),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  })
  const [dashboard] = rest
  if (page === DASHBOARDS && dashboard !== undefined) query.set('dashboard', dashboard)
  for (const [name, value] of params) if (name.startsWith('var-') && value !== '') query.set(name, value)
  return query.toString()
}
