import { signal, type Signal } from '@preact/signals'
import type { Dashboard } from 'boxman/packs'
import { askJson, reasonOf } from './ask.ts'

/** The id of the one that the overview shows. */
export const OVERVIEW = 'overview'

/** The pages that the service and its packs bring. */
export const dashboards: Signal<readonly Dashboard[]> = signal([])
/** Why there are none, if they could not be had. */
export const dashboardsError: Signal<string | undefined> = signal(undefined)

let known = ''

/** Those that are as they were are left alone, and so is what is drawn of them. @param after what they are not shown before */
export async function loadDashboards(after: Promise<unknown>): Promise<void> {
  try {
    const found = await askJson<readonly Dashboard[]>('api/console/dashboards')
    await after
    dashboardsError.value = undefined
    const text = JSON.stringify(found)
    if (text === known) return
    known = text
    dashboards.value = found
  } catch (error) {
    dashboardsError.value = reasonOf(error)
  }
}
