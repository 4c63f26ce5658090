import { safe } from './safe.ts'

/** Rows in columns; the last, which holds the numbers, is set to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(safe))
  const last = (cells[0]?.length ?? 0) - 1
  const widths = Array.from({ length: last + 1 }, (_, i) =>
    cells.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), 0),
  )
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i === last ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))).join('  ')
  return cells.map((row) => `${line(row)}\n`).join('')
}
