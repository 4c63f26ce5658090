import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Panel } from 'boxman/packs'
import type { JSX } from 'preact'
import { askJson, isAbort } from '../../data/ask.ts'
import { PanelView } from '../../panels/panel.tsx'
import { exploreParams } from '../../charts/chart.tsx'
import { Badge } from '../../parts/states.tsx'
import { addressOf, param, setParams } from '../../state/place.ts'
import { type Asked, askedOf, bucketRate, type Metric, observations } from './asked.ts'
import { BreakDown } from './break-down.tsx'

/** Labels by which nothing is broken down: they are the same for all, or the histogram's own. */
const OWN = new Set(['__name__', 'le', 'quantile', 'job', 'instance'])

/** One metric: what fits its type, then by the values of a label. */
export function MetricDetail({ metric: known }: { readonly metric: Metric }): JSX.Element {
  const labels = useSignal<readonly string[] | undefined>(undefined)
  const isNative = useSignal(false)
  useEffect(() => {
    const abort = new AbortController()
    void load(known.name, abort.signal).then((found) => {
      if (found === undefined) return
      labels.value = found.labels
      isNative.value = known.type === 'histogram' && !found.names.includes(`${known.name}_bucket`)
    })
    return () => abort.abort()
  }, [known.name])
  const metric = { ...known, isNative: isNative.value }
  const by = param('by')
  const view = param('as') === 'table' ? 'table' : 'charts'
  const asked = askedOf(metric, by)
  const offered = [...new Set([...(labels.value ?? []), ...(by === '' ? [] : [by])])]
  return (
    <>
      <p class="back">
        <a href={addressOf('metrics', { find: param('find') })}>All metrics</a>
      </p>
      <header class="metric-head">
        <h2>{metric.name}</h2>
        <Badge tone="neutral">{metric.type}</Badge>
        <p class="lead">{metric.help}</p>
      </header>
      <div class="variables">
        <label class="field">
          Break down by
          <select
            value={by}
            disabled={offered.length === 0}
            onChange={({ currentTarget }) => setParams({ by: currentTarget.value }, 'push')}
          >
            <option value="">
              {labels.value !== undefined && offered.length === 0 ? 'It has no labels' : 'Nothing'}
            </option>
            {offered.map((label) => (
              <option key={label} value={label}>
                {label}
              </option>
            ))}
          </select>
        </label>
        {by !== '' && (
          <div class="field" role="group" aria-label="Shown as">
            {(['charts', 'table'] as const).map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={view === each}
                onClick={() => setParams({ as: each === 'charts' ? undefined : each })}
              >
                {each === 'charts' ? 'Charts' : 'Table'}
              </button>
            ))}
          </div>
        )}
        <a class="field" href={addressOf('explore', exploreParams(asked.queries.map(({ expr }) => expr)))}>
          Open as PromQL
        </a>
      </div>
      {labels.value !== undefined &&
        (by === '' ? (
          <div class="grid metric-grid">
            {panelsOf(metric).map((panel) => (
              <div key={panel.title} class="cell cell-24">
                <PanelView panel={panel} />
              </div>
            ))}
          </div>
        ) : (
          <BreakDown key={`${by} ${isNative.value}`} metric={metric} by={by} view={view} />
        ))}
    </>
  )
}

function panelsOf(metric: Metric): readonly Panel[] {
  const isHistogram = metric.type === 'histogram'
  const lines = ({ title, unit, queries }: Asked): Panel => ({ kind: 'time-series', title, unit, queries })
  const main = askedOf(metric)
  return [
    lines(main),
    ...(isHistogram
      ? [
          { kind: 'heatmap' as const, title: 'Heat map', unit: main.unit, expr: bucketRate(metric) },
          lines(observations(metric)),
        ]
      : []),
  ]
}

async function load(
  name: string,
  abort: AbortSignal,
): Promise<{ readonly labels: readonly string[]; readonly names: readonly string[] } | undefined> {
  const match = `{__name__=~${JSON.stringify(`${name}(_bucket)?`)}}`
  const query = `match[]=${encodeURIComponent(match)}`
  const ask = async (path: string): Promise<readonly string[]> => {
    const { data } = await askJson<{ readonly data: readonly string[] }>(`${path}?${query}`, { signal: abort })
    return data
  }
  try {
    const [labels, names] = await Promise.all([ask('api/v1/labels'), ask('api/v1/label/__name__/values')])
    return { labels: labels.filter((label) => !OWN.has(label)), names }
  } catch (error) {
    return isAbort(error) ? undefined : { labels: [], names: [] }
  }
}
