import type { JSX } from 'preact'
import { Chart } from '../../charts/chart.tsx'
import type { PlotMoment } from '../../charts/plot.tsx'
import { useFrames } from '../../panels/use-frames.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { useVisible } from '../../parts/visible.ts'
import type { Rule } from './api.ts'
import { thresholdOf } from './threshold.ts'

interface AlertChartProps {
  readonly rule: Pick<Rule, 'name' | 'query'>
  readonly level: 'warning' | 'critical'
  readonly moments?: readonly PlotMoment[]
  readonly height?: number
}

/** The expression over the page's range, its threshold a line. */
export function AlertChart({ rule, level, moments = [], height = 200 }: AlertChartProps): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const threshold = thresholdOf(rule.query)
  const expr = threshold?.expr ?? rule.query
  const state = useFrames([{ expr }], isVisible)
  return (
    <div ref={host}>
      <Chart
        key={moments.map(({ at, text }) => `${at} ${text}`).join()}
        title={`${rule.name} over time`}
        state={state}
        exprs={[expr]}
        unit="short"
        height={height}
        moments={moments}
        keepsThresholds
        thresholds={threshold === undefined ? [] : [{ from: threshold.value, level }]}
      />
    </div>
  )
}

/** What is measured and what it is compared with, apart. */
export function Expression({ query }: { readonly query: string }): JSX.Element {
  const threshold = thresholdOf(query)
  if (threshold === undefined)
    return (
      <pre class="expression">
        <Breakable text={query} />
      </pre>
    )
  const { expr, operator, value, rest } = threshold
  return (
    <pre class="expression">
      <Breakable text={expr} />{' '}
      <strong class="threshold">
        {operator} {value}
      </strong>
      {rest === '' ? '' : `\n${rest}`}
    </pre>
  )
}
