import type { JSX } from 'preact'
import { useJson, useAnswer } from '../../data/use-answer.ts'
import { Age } from '../../parts/age.tsx'
import { Badge, Failure, Loading } from '../../parts/states.tsx'
import { type HealthAnswer, probe, TONES, WORDS } from './answers.ts'
import { Breakers } from './breakers.tsx'
import { Checks } from './checks.tsx'
import { Dependencies } from './dependencies.tsx'
import { Probes } from './probes.tsx'
import './health.css'

interface StatusAnswer {
  readonly ready: boolean
  readonly started: boolean
  readonly started_at: string
}

/** Whether the service may have traffic, and what speaks against it. */
export default function Health(): JSX.Element {
  const { value, error } = useAnswer(
    'ready',
    async (signal) => {
      const { text } = await probe('ready', signal)
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server and its page are of one version
      return JSON.parse(text) as HealthAnswer
    },
    { topic: 'health' },
  ).state.value
  const status = useJson<StatusAnswer>('status', { topic: 'health' }).state.value.value
  return (
    <>
      <h1>Health</h1>
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined ? (
        error === undefined && <Loading height={300} />
      ) : (
        <>
          <p class="verdict">
            <Badge tone={TONES[value.status]}>{verdictOf(value, status?.started ?? true)}</Badge>
            {status !== undefined && (
              <span class="muted">
                started <Age at={status.started_at} />
              </span>
            )}
          </p>
          <p class="lead">{reasonsOf(value)}</p>
          <Checks checks={value.checks ?? {}} />
        </>
      )}
      <Probes />
      <Breakers />
      <Dependencies />
    </>
  )
}

function verdictOf({ status, output }: HealthAnswer, isStarted: boolean): string {
  if (output?.startsWith('draining') === true) return 'draining'
  if (!isStarted) return 'starting'
  return { pass: 'ready', warn: 'ready, degraded', fail: 'not ready' }[status]
}

/** In a sentence. */
function reasonsOf({ status, output, checks = {} }: HealthAnswer): string {
  if (output !== undefined && output !== '') return `${output}.`
  const bad = Object.entries(checks).filter(([, [entry]]) => entry !== undefined && entry.status !== 'pass')
  if (bad.length === 0) return 'All checks pass.'
  const named = bad.map(([name, [entry]]) => `${name} ${WORDS[entry?.status ?? 'warn']}`).join(', ')
  return status === 'fail' ? `No traffic: ${named}.` : `Traffic goes on: ${named}.`
}
