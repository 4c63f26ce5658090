import { BASE } from '../../data/ask.ts'
import type { Tone } from '../../parts/states.tsx'

export type HealthStatus = 'pass' | 'warn' | 'fail'

/** As `application/health+json` has it. */
export interface HealthAnswer {
  readonly status: HealthStatus
  /** Why, where it is not for a check. */
  readonly output?: string
  readonly checks?: Readonly<Record<string, readonly CheckEntry[]>>
}

export interface CheckEntry {
  readonly status: HealthStatus
  readonly critical: boolean
  readonly time: string
  readonly output?: string
  readonly observedValue?: number
  readonly observedUnit?: string
}

export interface BreakersAnswer {
  readonly circuit_breakers: readonly {
    readonly name: string
    readonly library: string
    readonly state: string
    readonly breakers: number
    readonly opened_total: number
    readonly changed_at: string | null
  }[]
}

export const WORDS: Readonly<Record<HealthStatus, string>> = { pass: 'passes', warn: 'warns', fail: 'fails' }
export const TONES: Readonly<Record<HealthStatus, Tone>> = { pass: 'good', warn: 'warning', fail: 'critical' }

export interface ProbeAnswer {
  readonly code: number
  readonly text: string
}

/** What a probe gets: 503 is an answer here, and no failure. @throws as `fetch` does */
export async function probe(path: string, signal: AbortSignal): Promise<ProbeAnswer> {
  const response = await fetch(new URL(path, BASE), { credentials: 'same-origin', signal })
  return { code: response.status, text: (await response.text()).trim() }
}
