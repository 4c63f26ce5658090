import { signal, type Signal } from '@preact/signals'
import type { Dashboard } from 'boxman/packs'
import { ask, isReachable, needsLogin, reasonOf } from './ask.ts'

/** The id of the one that the overview shows. */
export const OVERVIEW = 'overview'

/** The pages that the service and its packs bring. */
export const dashboards: Signal<readonly Dashboard[]> = signal([])
/** Why there are none, if they could not be had. */
export const dashboardsError: Signal<string | undefined> = signal(undefined)

/** Parts of a service may turn up late: the first request, the first queue. */
const REFRESH_MS = 10_000
let known = ''

/** Looks every now and then whether there are others. Returns what ends it. */
export function followDashboards(): () => void {
  const timer = setInterval(() => {
    if (!document.hidden && isReachable.value && !needsLogin.value) void loadDashboards(Promise.resolve())
  }, REFRESH_MS)
  return () => clearInterval(timer)
}

/** Those that are as they were are left alone, and so is what is drawn of them. @param after what they are not shown before */
export async function loadDashboards(after: Promise<unknown>): Promise<void> {
  try {
    const text = await (await ask('api/console/dashboards')).text()
    await after
    dashboardsError.value = undefined
    if (text === known) return
    known = text
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server and its page are of one version
    dashboards.value = JSON.parse(text) as readonly Dashboard[]
  } catch (error) {
    if (known === '') dashboardsError.value = reasonOf(error)
  }
}
