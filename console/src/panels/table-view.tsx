import type { TablePanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { type Link, Links } from '../parts/links.tsx'
import { Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useVisible } from '../parts/visible.ts'
import { linksOf, linksOfLabels } from './links.ts'
import { type InstantSeries, useInstant } from './use-instant.ts'

interface Row {
  readonly key: string
  readonly labels: readonly string[]
  readonly values: readonly (number | null)[]
  readonly links: readonly Link[]
}

export function TableView({ panel }: { readonly panel: TablePanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { answers, errors, isFirst } = useInstant(panel.queries, isVisible).value
  const rows = rowsOf(panel, answers)
  const hasLinks = rows.some(({ links }) => links.length > 0)
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
    ...(hasLinks ? [{ name: 'Links', cell: (row: Row) => <Links links={row.links} /> }] : []),
  ]
  const [first] = panel.queries
  return (
    <div ref={host}>
      <Card title={panel.title} description={panel.description} actions={<Links links={linksOf(panel.links)} />}>
        {isFirst ? (
          <Loading />
        ) : (
          <Table
            label={`${panel.title}, the table`}
            columns={columns}
            rows={rows}
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
function rowsOf({ labels, links }: TablePanel, answers: readonly (readonly InstantSeries[])[]): readonly Row[] {
  const rows = new Map<string, Row & { values: (number | null)[] }>()
  answers.forEach((series, i) => {
    for (const { labels: all, value } of series) {
      const own = labels.map((name) => all[name] ?? '')
      const key = JSON.stringify(own)
      const row = rows.get(key) ?? {
        key,
        labels: own,
        values: answers.map(() => null),
        links: linksOfLabels(links, Object.fromEntries(labels.map((name) => [name, all[name] ?? '']))),
      }
      row.values[i] = value
      rows.set(key, row)
    }
  })
  return [...rows.values()]
}
