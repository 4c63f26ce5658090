import { signal, type Signal } from '@preact/signals'
import { reasonOf } from './ask.ts'
import { followDashboards, loadDashboards } from './dashboards.ts'
import { loadFacts } from './facts.ts'
import { followSession, linkInAddress, logIn } from './session.ts'

/** Why the link that was followed did not let in. */
export const linkError: Signal<string | undefined> = signal(undefined)

/** What every page needs, all at once. */
export async function load(): Promise<void> {
  const facts = loadFacts()
  await Promise.all([facts, loadDashboards(facts)])
}

export async function start(): Promise<void> {
  followSession(() => void load())
  followDashboards()
  const link = linkInAddress()
  if (link !== undefined) {
    try {
      await logIn({ link })
    } catch (error) {
      linkError.value = reasonOf(error)
    }
  }
  await load()
}
