import { effect, signal, type Signal } from '@preact/signals'
import type { Dashboard } from 'boxman/packs'
import { askJson, reasonOf } from './ask.ts'
import { facts } from './facts.ts'

/** The id of the one that the overview shows. */
export const OVERVIEW = 'overview'

/** The pages that the service and its packs bring. */
export const dashboards: Signal<readonly Dashboard[]> = signal([])
/** Why there are none, if they could not be had. */
export const dashboardsError: Signal<string | undefined> = signal(undefined)

effect(() => {
  if (facts.value === undefined) return
  askJson<readonly Dashboard[]>('api/console/dashboards').then(
    (found) => {
      dashboards.value = found
      dashboardsError.value = undefined
    },
    (error: unknown) => {
      dashboardsError.value = reasonOf(error)
    },
  )
})
