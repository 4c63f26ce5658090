import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import { formatExactTime } from '../../format/number.ts'
import { Badge, Failure, Loading } from '../../parts/states.tsx'
import { addressOf, param, setParams } from '../../state/place.ts'
import { BackLink } from './back-link.tsx'
import { errorsText, formatMs } from './duration.ts'
import { MissingTrace } from './missing-trace.tsx'
import { type DiffRow, diffOf, type Side } from './trace-diff.ts'
import type { Trace } from './trace.ts'
import { type TraceState, useTrace } from './use-trace.ts'

interface CompareProps {
  readonly left: string
  readonly right: string
}

/** Two traces, operation by operation. */
export function Compare({ left, right }: CompareProps): JSX.Element {
  const [a, b] = [useTrace(left).value, useTrace(right).value]
  return (
    <>
      <BackLink />
      <h1>Two traces compared</h1>
      {a.loaded !== undefined && b.loaded !== undefined ? (
        <Diff left={a.loaded.trace} right={b.loaded.trace} />
      ) : (
        <Waiting
          states={[
            [left, a],
            [right, b],
          ]}
        />
      )}
    </>
  )
}

function Waiting({ states }: { readonly states: readonly (readonly [id: string, TraceState])[] }): JSX.Element {
  const failed = states.find(([, { error }]) => error !== undefined)
  const missing = states.find(([, { isMissing }]) => isMissing)
  if (failed !== undefined) return <Failure>{failed[1].error}</Failure>
  return missing === undefined ? <Loading height={300} /> : <MissingTrace id={missing[0]} />
}

function Diff({ left, right }: { readonly left: Trace; readonly right: Trace }): JSX.Element {
  const rows = useMemo(() => diffOf(left, right), [left, right])
  const most = Math.max(...rows.map((row) => Math.abs(differenceOf(row) ?? 0)), Number.MIN_VALUE)
  const onlyDifferent = param('only') === 'different'
  const shown = onlyDifferent ? rows.filter((row) => row.left === undefined || row.right === undefined) : rows
  const back = param('back')
  return (
    <>
      <div class="compare-heads">
        <Head name="A" trace={left} href={addressOf(`traces/${left.id}`, { back })} />
        <Head name="B" trace={right} href={addressOf(`traces/${right.id}`, { back })} />
        <a class="button" href={addressOf(`traces/${right.id}`, { with: left.id, back })}>
          Swap
        </a>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyDifferent}
            onChange={({ currentTarget }) => setParams({ only: currentTarget.checked ? 'different' : undefined })}
          />
          Only what one of them has
        </label>
      </div>
      <div class="table-frame" tabIndex={0} role="region" aria-label="Operations of both traces">
        <table class="diff">
          <thead>
            <tr>
              <th scope="col">Operation</th>
              <th scope="col" class="number">
                A
              </th>
              <th scope="col" class="number">
                B
              </th>
              <th scope="col" class="number">
                Difference
              </th>
              <th scope="col" class="diff-bars">
                Faster or slower
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.path} row={row} most={most} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p class="none">Both have the same operations.</p>}
    </>
  )
}

function Head({
  name,
  trace,
  href,
}: {
  readonly name: string
  readonly trace: Trace
  readonly href: string
}): JSX.Element {
  return (
    <p class="compare-head">
      <Badge tone="neutral">{name}</Badge>
      <a href={href}>{trace.roots[0]?.span.name ?? trace.id}</a>
      <span class="muted">
        {formatExactTime(trace.startMs)} · {formatMs(trace.endMs - trace.startMs)} · {trace.nodes.length} spans
        {trace.errors.length > 0 && ` · ${errorsText(trace.errors.length)}`}
      </span>
    </p>
  )
}

function Row({ row, most }: { readonly row: DiffRow; readonly most: number }): JSX.Element {
  const { left, right, depth, name, service } = row
  const difference = differenceOf(row)
  const share = Math.abs(difference ?? 0) / most
  const isSlower = (difference ?? 0) > 0
  return (
    <tr class={left === undefined || right === undefined ? 'diff-only' : undefined}>
      <th scope="row">
        <span class="diff-name" style={{ paddingLeft: `${Math.min(depth, 12) * 14}px` }}>
          {name} <span class="muted">{service}</span> {left === undefined && <Badge tone="info">only in B</Badge>}
          {right === undefined && <Badge tone="info">only in A</Badge>}
        </span>
      </th>
      <td class="number">
        <SideFigures side={left} />
      </td>
      <td class="number">
        <SideFigures side={right} />
      </td>
      <td class="number">
        {difference === undefined
          ? ''
          : `${difference > 0 ? '+' : difference < 0 ? '−' : ''}${formatMs(Math.abs(difference))}`}
      </td>
      <td class="diff-bars">
        {difference !== undefined && (
          <span class={isSlower ? 'diff-bar slower' : 'diff-bar faster'} aria-hidden="true">
            <span style={{ width: `${share * 50}%` }} />
          </span>
        )}
      </td>
    </tr>
  )
}

function SideFigures({ side }: { readonly side: Side | undefined }): JSX.Element {
  if (side === undefined) return <>–</>
  return (
    <>
      {side.errors > 0 && <span class="tone-critical">{errorsText(side.errors)} </span>}
      {side.count > 1 && <span class="muted">{side.count} spans </span>}
      {formatMs(side.totalMs)}
    </>
  )
}

/** ms; undefined where only one has it. */
function differenceOf({ left, right }: DiffRow): number | undefined {
  return left === undefined || right === undefined ? undefined : right.totalMs - left.totalMs
}
