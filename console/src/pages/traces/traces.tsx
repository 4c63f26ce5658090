import './traces.css'
import type { JSX } from 'preact'
import { place } from '../../state/place.ts'
import { Compare } from './compare.tsx'
import { SearchPage } from './search-page.tsx'
import { TracePage } from './trace-page.tsx'

/** The traces that are found, or the one that the address names, or two side by side. */
export default function Traces(): JSX.Element {
  const [id] = place.value.rest
  const other = place.value.params.get('with') ?? ''
  if (id === undefined) return <SearchPage />
  return other === '' ? <TracePage key={id} id={id} /> : <Compare key={`${id} ${other}`} left={id} right={other} />
}
