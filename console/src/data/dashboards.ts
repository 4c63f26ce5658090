import { effect, signal, type Signal } from '@preact/signals'
import type { Dashboard } from 'boxman/packs'
import { ask, reasonOf } from './ask.ts'
import { facts } from './facts.ts'

/** The id of the one that the overview shows. */
export const OVERVIEW = 'overview'

/** The pages that the service and its packs bring. */
export const dashboards: Signal<readonly Dashboard[]> = signal([])
/** Why there are none, if they could not be had. */
export const dashboardsError: Signal<string | undefined> = signal(undefined)

/** Parts of a service may turn up late: the first request, the first queue. */
const REFRESH_MS = 10_000
let shown = ''

effect(() => {
  if (facts.value === undefined) return undefined
  void load()
  const timer = setInterval(() => {
    if (!document.hidden) void load()
  }, REFRESH_MS)
  return () => clearInterval(timer)
})

async function load(): Promise<void> {
  try {
    const text = await (await ask('api/console/dashboards')).text()
    dashboardsError.value = undefined
    // The same as before draws nothing anew.
    if (text === shown) return
    shown = text
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server and its page are of one version
    dashboards.value = JSON.parse(text) as readonly Dashboard[]
  } catch (error) {
    if (shown === '') dashboardsError.value = reasonOf(error)
  }
}
