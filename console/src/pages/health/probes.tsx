import type { JSX } from 'preact'
import { useAnswer } from '../../data/use-answer.ts'
import { Badge, Failure } from '../../parts/states.tsx'
import { Card } from '../../parts/card.tsx'
import { param, setParams } from '../../state/place.ts'
import { probe } from './answers.ts'

const PROBES = [
  { path: 'startupz', title: 'Startup', about: 'Until it passes, the other two are not asked.' },
  { path: 'livez', title: 'Liveness', about: 'When it fails, the container is started anew.' },
  { path: 'readyz', title: 'Readiness', about: 'When it fails, no traffic comes here.' },
] as const

/** The answers that a kubelet gets. */
export function Probes(): JSX.Element {
  return (
    <section class="row" aria-label="As Kubernetes’ probes see it">
      <h2>As Kubernetes’ probes see it</h2>
      <div class="grid">
        {PROBES.map((each) => (
          <div key={each.path} class="cell cell-8">
            <Probe {...each} />
          </div>
        ))}
      </div>
    </section>
  )
}

function Probe({ path, title, about }: (typeof PROBES)[number]): JSX.Element {
  const isLong = param('probe') === path
  const asked = isLong ? `${path}?verbose` : path
  const { value, error } = useAnswer(asked, (signal) => probe(asked, signal), { topic: 'health' }).state.value
  return (
    <Card
      title={`${title}: /${path}`}
      actions={
        value !== undefined && (
          <Badge tone={value.code === 200 ? 'good' : 'critical'}>
            {value.code} {value.code === 200 ? 'passes' : 'fails'}
          </Badge>
        )
      }
    >
      {error !== undefined && <Failure>{error}</Failure>}
      <pre class="probe" tabIndex={0} aria-label={`Answer of /${path}`}>
        {value?.text ?? '…'}
      </pre>
      <p class="note">{about}</p>
      <div>
        <button type="button" aria-expanded={isLong} onClick={() => setParams({ probe: isLong ? undefined : path })}>
          {isLong ? 'In short' : 'In full'}
        </button>
      </div>
    </Card>
  )
}
