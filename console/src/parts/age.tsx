import type { JSX } from 'preact'
import { lastTickAt } from '../data/live.ts'
import { formatAge, formatMoment } from '../format/number.ts'

/** How long ago, by the server's clock; the moment itself on being asked. */
export function Age({ at }: { readonly at: string | number | null | undefined }): JSX.Element {
  const ms = typeof at === 'string' ? Date.parse(at) : (at ?? NaN)
  if (!Number.isFinite(ms)) return <>–</>
  const now = lastTickAt.value > 0 ? Math.max(lastTickAt.value, ms) : Date.now()
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatMoment(ms)}>
      {formatAge(ms, now)} ago
    </time>
  )
}
