import { useSignal } from '@preact/signals'
import type { ComponentChildren, JSX } from 'preact'

export interface Column<Row> {
  readonly name: string
  readonly cell: (row: Row) => ComponentChildren
  /** By which the column is sorted; without it it is not. */
  readonly by?: (row: Row) => number | string | null
  readonly isNumber?: boolean
}

interface TableProps<Row> {
  /** What the table is of. */
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly keyOf: (row: Row) => string
  /** The name of the column that it is sorted by at first, from the greatest down. */
  readonly sorted?: string
  /** By what it is sorted, where that is kept elsewhere. */
  readonly order?: Order | undefined
  readonly onOrder?: (order: Order) => void
  readonly empty?: string
}

export interface Order {
  /** Of a column. */
  readonly name: string | undefined
  readonly down: boolean
}

/** Rows that are sorted by a click on a column's head. */
export function Table<Row>({
  label,
  columns,
  rows,
  keyOf,
  sorted,
  order: kept,
  onOrder,
  empty,
}: TableProps<Row>): JSX.Element {
  const order = useSignal<Order>({ name: sorted, down: true })
  const { name, down } = kept ?? order.value
  const by = columns.find((column) => column.name === name)?.by
  const shown = by === undefined ? rows : [...rows].sort((a, b) => compare(by(a), by(b)) * (down ? -1 : 1))
  if (rows.length === 0) return <p class="none">{empty ?? 'Nothing here.'}</p>
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.name}
                scope="col"
                class={column.isNumber === true ? 'number' : undefined}
                aria-sort={column.name === name ? (down ? 'descending' : 'ascending') : undefined}
              >
                {column.by === undefined ? (
                  column.name
                ) : (
                  <button
                    type="button"
                    class="sort"
                    onClick={() => {
                      order.value = { name: column.name, down: column.name === name ? !down : true }
                      onOrder?.(order.value)
                    }}
                  >
                    {column.name}
                    <span aria-hidden="true">{column.name === name ? (down ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.name} class={column.isNumber === true ? 'number' : undefined}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** What is missing comes last, whichever way. */
function compare(a: number | string | null, b: number | string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return String(a).localeCompare(String(b), 'en', { numeric: true })
}
