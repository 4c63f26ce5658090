import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { JSX } from 'preact'
import { fillIn } from '../../data/frames.ts'
import { type Labels, nameOf } from '../../data/series.ts'
import { formatNumber } from '../../format/number.ts'
import { Breakable } from '../../parts/breakable.tsx'
import { Card } from '../../parts/card.tsx'
import { Badge, Empty } from '../../parts/states.tsx'
import { param } from '../../state/place.ts'
import { range, windowOf } from '../../state/time-range.ts'
import { evaluateParts, type Outcome } from './explain-run.ts'
import { type Part, type Pairing, pairingOf, partsOf, topDown } from './explain-tree.ts'
import { countText, titleOf } from './instant-view.tsx'
import { type Row, runs } from './session.ts'
import { stepOf } from './steps.ts'

const TYPE_NAMES = { scalar: 'number', string: 'text', vector: 'instant vector', matrix: 'range vector' } as const
const MOST_SHOWN = 10

/** What each query is made of, and what each part of it comes to. */
export function ExplainView({ rows }: { readonly rows: readonly Row[] }): JSX.Element {
  return (
    <>
      {rows.map((row, i) => (
        <ExplainCard key={row.id} title={titleOf(row, i, rows.length)} expr={row.asked.expr} />
      ))}
    </>
  )
}

function ExplainCard({ title, expr }: { readonly title: string; readonly expr: string }): JSX.Element {
  const query = fillIn(expr, stepOf(param('step'), range.value.spanMs))
  const tree = partsOf(query)
  const outcomes = useSignal<ReadonlyMap<string, Outcome>>(new Map())
  const { from, to } = range.value
  const run = runs.value
  useEffect(() => {
    const parts = partsOf(query)
    if (parts === undefined) return undefined
    const abort = new AbortController()
    outcomes.value = new Map()
    void evaluateParts(parts, windowOf(range.peek()).to, abort.signal, (id, outcome) => {
      if (!abort.signal.aborted) outcomes.value = new Map(outcomes.peek()).set(id, outcome)
    })
    return () => abort.abort()
  }, [query, from, to, run])
  if (tree === undefined) return <Empty title="This query cannot be read">What is wrong is said below it.</Empty>
  const slowest = Math.max(0, ...topDown(tree).map(({ id }) => secondsOf(outcomes.value.get(id)) ?? 0))
  return (
    <Card title={title} class="result explain">
      <p class="note">
        Each part by itself, at the end of the range. A part's time includes the parts that it is made of.
      </p>
      <ul>
        <PartView part={tree} outcomes={outcomes.value} slowest={slowest} />
      </ul>
    </Card>
  )
}

interface PartViewProps {
  readonly part: Part
  readonly outcomes: ReadonlyMap<string, Outcome>
  /** Seconds. */
  readonly slowest: number
}

function PartView({ part, outcomes, slowest }: PartViewProps): JSX.Element {
  const outcome = outcomes.get(part.id)
  const pairing = pairingIn(part, outcomes)
  const seconds = secondsOf(outcome)
  return (
    <li>
      <div class="plan-part">
        <code class="part-text">
          <Breakable text={part.text} />
        </code>
        <p class="part-facts">
          <Badge tone="neutral">{part.name}</Badge>
          <span class="muted">{TYPE_NAMES[part.type]}</span>
          <OutcomeView outcome={outcome} type={part.type} />
          {seconds !== undefined && (
            <span class="part-time" aria-hidden="true">
              <span style={{ width: `${Math.max(2, (seconds / (slowest || 1)) * 100)}%` }} />
            </span>
          )}
        </p>
        {part.matchers.length > 0 && <p class="part-matchers mono muted">{part.matchers.join(', ')}</p>}
        {outcome !== undefined &&
          'remarks' in outcome &&
          outcome.remarks.map((remark) => (
            <p key={remark} class="remark remark-info">
              {remark}
            </p>
          ))}
        {pairing !== undefined && <PairingView pairing={pairing} operator={part.operator ?? ''} />}
      </div>
      {part.parts.length > 0 && (
        <ul>
          {part.parts.map((inner) => (
            <PartView key={inner.id} part={inner} outcomes={outcomes} slowest={slowest} />
          ))}
        </ul>
      )}
    </li>
  )
}

function OutcomeView({
  outcome,
  type,
}: {
  readonly outcome: Outcome | undefined
  readonly type: Part['type']
}): JSX.Element {
  if (outcome === undefined) return <span class="muted">waiting…</span>
  if ('error' in outcome) return <span class="tone-critical">{outcome.error}</span>
  const { series, seconds, samples } = outcome
  return (
    <>
      <span class={series.length === 0 ? 'part-count tone-warning' : 'part-count'}>
        {type === 'scalar' || type === 'string' ? '1 value' : countText(series.length)}
      </span>
      <span class="part-seconds">{formatNumber(seconds, 'seconds')}</span>
      <span class="muted">{formatNumber(samples)} samples</span>
    </>
  )
}

/** Where an operation between two vectors loses series. */
function PairingView({ pairing, operator }: { readonly pairing: Pairing; readonly operator: string }): JSX.Element {
  const { left, right, unmatchedLeft, unmatchedRight } = pairing
  return (
    <div class="pairing">
      <p>
        Left {countText(left)}, right {countText(right)}
        {unmatchedLeft.length + unmatchedRight.length === 0 && ': each finds its partner.'}
      </p>
      <Unmatched side="left" other="right" labels={unmatchedLeft} isKept={operator === 'or' || operator === 'unless'} />
      <Unmatched side="right" other="left" labels={unmatchedRight} isKept={operator === 'or'} />
    </div>
  )
}

function Unmatched({
  side,
  other,
  labels,
  isKept,
}: {
  readonly side: string
  readonly other: string
  readonly labels: readonly Labels[]
  readonly isKept: boolean
}): JSX.Element | null {
  if (labels.length === 0) return null
  return (
    <details open={labels.length <= 3}>
      <summary>
        {labels.length === 1 ? '1 set of labels' : `${labels.length} sets of labels`} on the {side} with no partner on
        the {other}
        {isKept ? ': kept' : ': lost'}
      </summary>
      <ul class="unmatched mono">
        {labels.slice(0, MOST_SHOWN).map((each) => (
          <li key={JSON.stringify(each)}>{Object.keys(each).length === 0 ? '{} (no labels)' : nameOf(each)}</li>
        ))}
        {labels.length > MOST_SHOWN && <li class="muted">and {labels.length - MOST_SHOWN} more</li>}
      </ul>
    </details>
  )
}

function pairingIn({ matching, parts }: Part, outcomes: ReadonlyMap<string, Outcome>): Pairing | undefined {
  const [left, right] = parts.map(({ id }) => outcomes.get(id))
  if (matching === undefined || left === undefined || right === undefined) return undefined
  if ('error' in left || 'error' in right) return undefined
  return pairingOf(matching, left.series, right.series)
}

function secondsOf(outcome: Outcome | undefined): number | undefined {
  return outcome !== undefined && 'seconds' in outcome ? outcome.seconds : undefined
}
