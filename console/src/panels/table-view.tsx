import { type LabelRow, rowsByLabels } from 'boxman/charts'
import type { TablePanel } from 'boxman/packs'
import type { JSX } from 'preact'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { type Link, Links } from '../parts/links.tsx'
import { Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { useVisible } from '../parts/visible.ts'
import { linksOf, linksOfLabels } from './links.ts'
import { useInstant } from './use-instant.ts'

export function TableView({ panel }: { readonly panel: TablePanel }): JSX.Element {
  const { host, isVisible } = useVisible<HTMLDivElement>()
  const { answers, errors, isFirst } = useInstant(panel.queries, isVisible).value
  const linksOfRow = ({ labels }: LabelRow): readonly Link[] =>
    linksOfLabels(panel.links, Object.fromEntries(panel.labels.map((name, i) => [name, labels[i] ?? ''])))
  const rows = rowsByLabels(panel.labels, answers)
  const hasLinks = rows.some((row) => linksOfRow(row).length > 0)
  const columns: readonly Column<LabelRow>[] = [
    ...panel.labels.map((name, i) => ({
      name,
      cell: (row: LabelRow) => row.labels[i],
      by: (row: LabelRow) => row.labels[i] ?? '',
    })),
    ...panel.queries.map(({ column, unit }, i) => ({
      name: column,
      cell: (row: LabelRow) => formatNumber(row.values[i], unit ?? panel.unit, panel.decimals),
      by: (row: LabelRow) => row.values[i] ?? null,
      isNumber: true,
    })),
    ...(hasLinks ? [{ name: 'Links', cell: (row: LabelRow) => <Links links={linksOfRow(row)} /> }] : []),
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
