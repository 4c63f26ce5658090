import type { JSX } from 'preact'
import { param } from '../../state/place.ts'

/** To where the visitor came from, as it was. */
export function BackLink(): JSX.Element {
  const back = param('back')
  const isOurs = /^#\/[^\s]*$/.test(back)
  const page = /^#\/([a-z-]*)/.exec(back)?.[1] ?? ''
  if (!isOurs || page === 'traces') {
    return (
      <a class="back" href={isOurs ? back : '#/traces'}>
        ← Traces
      </a>
    )
  }
  return (
    <a class="back" href={back}>
      ← Back to {page === '' ? 'where you were' : page}
    </a>
  )
}
