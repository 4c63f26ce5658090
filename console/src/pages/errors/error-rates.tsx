import type { JSX } from 'preact'
import { facts } from '../../data/facts.ts'
import { TimeSeriesView } from '../../panels/time-series-view.tsx'

/** How often errors happened in the range: by what they are of, and how bad. Undefined: of all categories. */
export function ErrorRates({ category }: { readonly category?: string }): JSX.Element | null {
  const { prefix, parts } = facts.value ?? {}
  if (prefix === undefined || parts?.store !== true) return null
  const chosen = category === undefined ? '' : `{category=${JSON.stringify(category)}}`
  const metric = `${prefix}_errors_total${chosen}`
  const rates = (by: string): { readonly expr: string; readonly legend: string } => ({
    // Only those that have ever been: a line at zero for each of the others says nothing.
    expr: `sum by (${by}) (rate(${metric}[$__rate_interval])) and sum by (${by}) (${metric}) > 0`,
    legend: `{{${by}}}`,
  })
  return (
    <div class="grid error-rates">
      {(category === undefined ? ['category', 'severity'] : ['severity']).map((by) => (
        <div key={by} class={`cell cell-${category === undefined ? 12 : 24}`}>
          <TimeSeriesView
            panel={{
              kind: 'time-series',
              title: category === undefined ? `Errors by ${by}` : `Errors of the category ${category}`,
              queries: [rates(by)],
              unit: 'per-second',
              stacked: true,
              min: 0,
            }}
          />
        </div>
      ))}
    </div>
  )
}
