import type { ListPanel, ListingColumn, ListingRow } from 'boxman/packs'
import type { ListingAnswer } from 'boxman/runtime'
import type { JSX } from 'preact'
import { useJson } from '../data/use-answer.ts'
import { formatNumber } from '../format/number.ts'
import { Card } from '../parts/card.tsx'
import { Badge, Failure, Loading } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { ChoiceField } from '../parts/url-fields.tsx'
import { param } from '../state/place.ts'
import { levelOf } from './level.ts'

/** Those at the head of a listing of the process, as it is now; by what is in the address, under the listing's name. */
export function ListView({ panel }: { readonly panel: ListPanel }): JSX.Element {
  const { listing, title, description } = panel
  const order = param(listing)
  const query = order === '' ? '' : `?order=${encodeURIComponent(order)}`
  const { value, error } = useJson<ListingAnswer>(`api/console/listings/${listing}${query}`).state.value
  const { columns = [], orders = [], rows = [], total = 0 } = value ?? {}
  const [first] = columns
  return (
    <Card
      title={title}
      description={description}
      actions={
        orders.length > 1 && (
          <ChoiceField label="First" name={listing} options={orders.map((each) => [each.id, each.title])} />
        )
      }
    >
      {value === undefined && error === undefined && <Loading />}
      {error !== undefined && <Failure>{error}</Failure>}
      {value !== undefined && (
        <Table
          label={`${title}, the table`}
          columns={columns.map(columnOf)}
          rows={rows}
          keyOf={(row) => String(row[first?.key ?? ''])}
          empty="Nobody yet."
        />
      )}
      {rows.length < total && (
        <p class="note">
          The first {rows.length} of {formatNumber(total, 'short')}.
        </p>
      )}
    </Card>
  )
}

function columnOf(column: ListingColumn): Column<ListingRow> {
  const { key, title, unit } = column
  return {
    name: title,
    cell: (row) => shown(row[key], column),
    by: (row) => row[key] ?? null,
    isNumber: unit !== undefined,
  }
}

function shown(
  value: string | number | undefined,
  { unit, decimals, thresholds }: ListingColumn,
): JSX.Element | string {
  if (typeof value === 'string') return value
  const text = formatNumber(value, unit, decimals)
  const level = value === undefined ? 'neutral' : levelOf(value, thresholds)
  return level === 'neutral' ? text : <Badge tone={level}>{text}</Badge>
}
