import type { JSX } from 'preact'
import { facts } from '../../data/facts.ts'
import { useMetricNames } from '../../data/metric-names.ts'
import { useJson } from '../../data/use-answer.ts'
import { formatNumber } from '../../format/number.ts'
import { Age } from '../../parts/age.tsx'
import { Card } from '../../parts/card.tsx'
import { FactList } from '../../parts/fact-list.tsx'
import { Failure, Loading } from '../../parts/states.tsx'
import { Figure } from '../../parts/figure.tsx'
import { TimeSeriesView } from '../../panels/time-series-view.tsx'
import type { PerformanceAnswer, SystemAnswer } from './answers.ts'
import { systemRows } from './system-panels.ts'
import { systemTiles } from './system-tiles.ts'

/** The process and its machine. What is not known here is left out. */
export default function System(): JSX.Element {
  const { value, error } = useJson<SystemAnswer>('diagnostics/system').state.value
  const performance = useJson<PerformanceAnswer>('diagnostics/performance').state.value.value
  return (
    <>
      <h1>System</h1>
      <p class="lead">The process and the machine that it runs on.</p>
      {error !== undefined && <Failure>{error}</Failure>}
      {value === undefined ? (
        error === undefined && <Loading height={300} />
      ) : (
        <>
          <div class="tiles">
            {systemTiles(value.reading, performance).map((tile) => (
              <Figure key={tile.name} {...tile} />
            ))}
          </div>
          <Charts />
          <About answer={value} />
        </>
      )}
    </>
  )
}

function Charts(): JSX.Element | null {
  const { value: names, error } = useMetricNames()
  const { prefix, parts } = facts.value ?? {}
  if (parts?.store === false) return <p class="none">There is no history to draw: store.enabled turns it on.</p>
  if (names === undefined && error !== undefined) return <Failure>{error}</Failure>
  if (names === undefined || prefix === undefined) return <Loading height={300} />
  return (
    <>
      {systemRows(prefix, names).map(({ title, panels }) => (
        <section key={title} class="row" aria-label={title}>
          <h2>{title}</h2>
          <div class="grid">
            {panels.map((panel) => (
              <div key={panel.title} class={`cell cell-${panels.length === 3 ? 8 : 12}`}>
                <TimeSeriesView panel={panel} />
              </div>
            ))}
          </div>
        </section>
      ))}
    </>
  )
}

const SHOWN_VERSIONS = ['v8', 'uv', 'openssl', 'undici', 'zlib', 'icu', 'tz']

function About({ answer }: { readonly answer: SystemAnswer }): JSX.Element {
  const { process, node, started_at, kubernetes } = answer
  const { labels: _, ...pod } = kubernetes
  return (
    <section class="row" aria-label="What runs">
      <h2>What runs</h2>
      <div class="grid">
        <div class="cell cell-12">
          <Card title="Process">
            <FactList
              facts={[
                ['Process id', process.pid],
                ['Platform', `${process.platform} ${process.arch}`],
                ['Node', node],
                ['Running for', formatNumber(process.uptime_seconds, 'seconds')],
                ['Observed since', <Age key="since" at={started_at} />],
                ['Options of Node', process.flags.length === 0 ? 'none' : <code>{process.flags.join(' ')}</code>],
                ...Object.entries(pod).map(([name, value]) => [`Kubernetes ${name}`, value] as const),
              ]}
            />
          </Card>
        </div>
        <div class="cell cell-12">
          <Card title="Versions">
            <FactList facts={SHOWN_VERSIONS.map((name) => [name, process.versions[name]] as const)} />
          </Card>
        </div>
      </div>
    </section>
  )
}
