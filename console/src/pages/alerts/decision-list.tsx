import type { JSX } from 'preact'
import { Badge, type Tone } from '../../parts/states.tsx'
import type { Decision } from './api.ts'
import { inOwnTime, momentOf } from './words.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  sent: 'good',
  failed: 'critical',
  'given-up': 'critical',
  escalated: 'warning',
  fallback: 'warning',
  'rate-limited': 'warning',
  acknowledged: 'info',
}

export const VERDICTS: readonly string[] = [
  'sent',
  'failed',
  'given-up',
  'waiting',
  'unchanged',
  'silenced',
  'maintenance',
  'inhibited',
  'muted',
  'inactive',
  'acknowledged',
  'escalated',
  'held-off',
  'rate-limited',
  'fallback',
]

/** What was decided, in words, the newest first. */
export function DecisionList({ decisions }: { readonly decisions: readonly Decision[] }): JSX.Element {
  return (
    <ol class="decisions">
      {decisions.map((decision, i) => (
        <li key={`${decision.time} ${i}`}>
          <time dateTime={decision.time}>{momentOf(decision.time)}</time>
          <Badge tone={TONES[decision.verdict] ?? 'neutral'}>{decision.verdict}</Badge>
          <span class="decision-words">
            <strong>{decision.integration ?? decision.receiver}</strong> {inOwnTime(decision.reason)}
          </span>
        </li>
      ))}
    </ol>
  )
}
