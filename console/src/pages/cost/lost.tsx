import type { JSX } from 'preact'
import { formatNumber } from '../../format/number.ts'
import { Card } from '../../parts/card.tsx'
import { Loading } from '../../parts/states.tsx'
import { type Column, Table } from '../../parts/table.tsx'
import { useVisible } from '../../parts/visible.ts'
import { useInstant } from '../../panels/use-instant.ts'
import { range } from '../../state/time-range.ts'
import { LOSSES, type Loss } from './holdings.ts'

interface Row {
  readonly what: string
  readonly total: number
  readonly lately: number | null
  readonly mend: string
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'What', cell: ({ what }) => what, by: ({ what }) => what },
  {
    name: 'Since the start',
    cell: ({ total }) => (total > 0 ? <strong>{formatNumber(total)}</strong> : '0'),
    by: ({ total }) => total,
    isNumber: true,
  },
  { name: 'In this range', cell: ({ lately }) => formatNumber(lately), by: ({ lately }) => lately, isNumber: true },
  { name: 'What helps', cell: ({ mend, total }) => <span class="muted">{total > 0 ? mend : '–'}</span> },
]

/** What was dropped, refused or let go of, by who did it. */
export function Lost({ names }: { readonly names: ReadonlySet<string> }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLElement>()
  const losses = LOSSES.filter(({ metric }) => names.has(metric))
  return (
    <section class="row" aria-label="What had to go" ref={host}>
      <h2>What had to go</h2>
      <Losses key={`${range.value.spanMs} ${losses.length}`} losses={losses} isVisible={isVisible} />
    </section>
  )
}

function Losses({
  losses,
  isVisible,
}: {
  readonly losses: readonly Loss[]
  readonly isVisible: ReturnType<typeof useVisible>['isVisible']
}): JSX.Element {
  const span = `${Math.max(1, Math.round(range.value.spanMs / 1000))}s`
  const by = ({ label }: Loss): string => (label === undefined ? 'sum' : `sum by (${label})`)
  const queries = [
    ...losses.map((loss) => ({ expr: `${by(loss)} (${loss.metric})` })),
    ...losses.map((loss) => ({ expr: `${by(loss)} (increase(${loss.metric}[${span}]))` })),
  ]
  const { answers, isFirst } = useInstant(queries, isVisible).value
  if (isFirst) return <Loading height={200} />
  const rows = losses.flatMap((loss, i) =>
    (answers[i] ?? [])
      // Reasons that never were are many and say nothing; one line says so of all.
      .filter(({ value }, at) => (value ?? 0) > 0 || (at === 0 && (answers[i] ?? []).every((one) => !one.value)))
      .map(({ labels, value }) => {
        const why = loss.label === undefined || !value ? undefined : labels[loss.label]
        const lately = (answers[losses.length + i] ?? []).find(
          (one) => why === undefined || one.labels[loss.label ?? ''] === why,
        )
        return {
          what: why === undefined ? loss.what : `${loss.what}: ${why}`,
          total: value ?? 0,
          // Reckoned to the ends of the range, it need not be whole.
          lately: roundedOf(lately?.value),
          mend: loss.mend,
        }
      }),
  )
  return (
    <Card title="Dropped, refused, let go of">
      <Table label="Losses" columns={COLUMNS} rows={rows} keyOf={({ what }) => what} sorted="Since the start" />
    </Card>
  )
}

function roundedOf(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : Math.round(value)
}
