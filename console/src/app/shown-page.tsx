import { useSignal, useSignalEffect } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { DASHBOARD_PAGE, PAGES } from '../pages/index.ts'
import { NotLoaded } from '../parts/late.tsx'
import { Empty, Loading } from '../parts/states.tsx'
import { place } from '../state/place.ts'

const loaded = new Map<string, ComponentType>()

/** The page that the address names. */
export function ShownPage(): JSX.Element {
  /** How many have been loaded: the page is drawn anew with each. */
  const count = useSignal(loaded.size)
  const failed = useSignal('')
  const id = place.value.page
  const entry = id === DASHBOARD_PAGE.id ? DASHBOARD_PAGE : PAGES.find((each) => each.id === id)

  useSignalEffect(() => {
    const wanted = place.value.page
    const found = wanted === DASHBOARD_PAGE.id ? DASHBOARD_PAGE : PAGES.find((each) => each.id === wanted)
    if (found === undefined || loaded.has(wanted)) return
    failed.value = ''
    found.load().then(
      (module) => {
        loaded.set(wanted, module.default)
        count.value = loaded.size
      },
      () => {
        failed.value = wanted
      },
    )
  })

  if (entry === undefined) {
    return (
      <Empty title={`There is no page “${id}”`}>
        <a href="#/overview">To the overview</a>
      </Empty>
    )
  }
  if (failed.value === id) return <NotLoaded />
  const Page = count.value > 0 ? loaded.get(id) : undefined
  return (
    // Under which the page's own stylesheet stands.
    <div key={id} class={`page-${id}`}>
      {Page === undefined ? <Loading height={300} /> : <Page />}
    </div>
  )
}
