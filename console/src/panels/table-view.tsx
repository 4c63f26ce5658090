import type { TablePanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useVisible } from '../parts/visible.ts'
import { type InstantSeries, useInstant } from './use-instant.ts'

interface Row {
  readonly key: string
  readonly labels: readonly string[]
  readonly values: readonly (number | null)[]
}

export function TableView({ panel }: { readonly panel: TablePanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { answers, errors, isFirst } = useInstant(panel.queries, isVisible).value
  const columns: readonly Column<Row>[] = [
    ...panel.labels.map((name, i) => ({
      name,
      cell: (row: Row) => row.labels[i],
      by: (row: Row) => row.labels[i] ?? '',
    })),
    ...panel.queries.map(({ column, unit }, i) => ({
      name: column,
      cell: (row: Row) => formatNumber(row.values[i], unit ?? panel.unit, panel.decimals),
      by: (row: Row) => row.values[i] ?? null,
      isNumber: true,
    })),
  ]
  const [first] = panel.queries
  return (
    <div ref={host}>
      <Card title={panel.title} description={panel.description}>
        {isFirst ? (
          <Loading />
        ) : (
          <Table
            label={`${panel.title}, the table`}
            columns={columns}
            rows={rowsOf(panel.labels, answers)}
            keyOf={({ key }) => key}
            {...(first === undefined ? {} : { sorted: first.column })}
          />
        )}
        {errors.map((error) => (
          <p key={error} class="failure">
            {error}
          </p>
        ))}
      </Card>
    </div>
  )
}

/** The answers side by side, by the labels that have a column. */
function rowsOf(labels: readonly string[], answers: readonly (readonly InstantSeries[])[]): readonly Row[] {
  const rows = new Map<string, { key: string; labels: readonly string[]; values: (number | null)[] }>()
  answers.forEach((series, i) => {
    for (const { labels: all, value } of series) {
      const own = labels.map((name) => all[name] ?? '')
      const key = JSON.stringify(own)
      const row = rows.get(key) ?? { key, labels: own, values: answers.map(() => null) }
      row.values[i] = value
      rows.set(key, row)
    }
  })
  return [...rows.values()]
}
