import type { JSX } from 'preact'
import { Badge, type Tone } from '../../parts/states.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  critical: 'critical',
  error: 'critical',
  warning: 'warning',
  info: 'info',
}

export function SeverityBadge({ severity }: { readonly severity: string }): JSX.Element {
  return <Badge tone={TONES[severity] ?? 'neutral'}>{severity}</Badge>
}
