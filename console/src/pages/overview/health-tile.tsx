import type { JSX } from 'preact'
import type { Tone } from '../../parts/states.tsx'
import { Tile } from '../../parts/tile.tsx'
import { linkOf } from '../../panels/links.ts'
import { useInstant } from '../../panels/use-instant.ts'
import { useVisible } from '../../parts/visible.ts'

const READY = 'boxman_health_ready'
/** 1 passes, 0.5 warns, 0 fails. */
const CHECKS = 'boxman_health_check_status'
const MOST_NAMED = 2

/** Whether the service is ready, and which checks say that it is not well. */
export function HealthTile(): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { answers, isFirst } = useInstant([{ expr: READY }, { expr: CHECKS }], isVisible).value
  const ready = answers[0]?.[0]?.value
  const checks = answers[1] ?? []
  const amiss = checks
    .filter(({ value }) => value !== null && value < 1)
    .sort((a, b) => (a.value ?? 0) - (b.value ?? 0))
    .map(({ labels }) => labels['check'] ?? '')
  const passing = checks.length === 1 ? '1 check passes' : `${checks.length} checks pass`
  const [word, tone] = stateOf(ready, amiss.length)
  const named = amiss.slice(0, MOST_NAMED).join(', ')
  const more = amiss.length > MOST_NAMED ? ` and ${amiss.length - MOST_NAMED} more` : ''
  return (
    <div ref={host}>
      <Tile
        title="Health"
        description="Whether the service is ready for traffic, and the checks that warn or fail."
        href={linkOf({ to: 'health' })}
      >
        <div class={`stat-line tone-${tone}`}>
          <span class="stat-value">{isFirst ? '–' : word}</span>
          <span class="stat-name" title={amiss.join(', ')}>
            {isFirst ? '' : amiss.length === 0 ? passing : `${named}${more}`}
          </span>
        </div>
      </Tile>
    </div>
  )
}

function stateOf(ready: number | null | undefined, amiss: number): readonly [word: string, tone: Tone] {
  if (ready === undefined || ready === null) return ['–', 'neutral']
  if (ready < 1) return ['not ready', 'critical']
  return amiss > 0 ? ['degraded', 'warning'] : ['ready', 'good']
}
