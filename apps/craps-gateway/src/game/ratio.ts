/** An exact fraction in lowest terms, the denominator positive. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

export function ratio(numerator: bigint, denominator: bigint): Ratio {
  if (denominator === 0n) throw new RangeError(`ratio ${numerator}/0: the denominator must not be 0`)
  const divisor = gcd(numerator, denominator) * (denominator < 0n ? -1n : 1n)
  return { numerator: numerator / divisor, denominator: denominator / divisor }
}

/** The nearest float, for small fractions; both parts must fit into 2^53. */
export function toNumber({ numerator, denominator }: Ratio): number {
  return Number(numerator) / Number(denominator)
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/**
 * Solves the square system whose rows are `[coefficients..., right sides...]`, by elimination over whole numbers: for each
 * unknown, its value for each right side.
 * @throws RangeError when it has no single solution.
 */
export function solve(system: readonly (readonly bigint[])[]): readonly (readonly Ratio[])[] {
  const size = system.length
  const rows = system.map((row) => [...row])
  for (let column = 0; column < size; column++) {
    const found = rows.findIndex((row, index) => index >= column && row[column] !== 0n)
    const pivot = rows[found]
    const displaced = rows[column]
    if (pivot === undefined || displaced === undefined) throw new RangeError(`no single solution for unknown ${column}`)
    rows[found] = displaced
    rows[column] = pivot
    for (const [index, row] of rows.entries()) {
      if (index !== column && row[column] !== 0n) rows[index] = eliminate(row, pivot, column)
    }
  }
  return rows.map((row, index) => row.slice(size).map((value) => ratio(value, row[index] ?? 0n)))
}

/** `row` less so much of `pivot` that its entry in `column` becomes 0, divided down so that its numbers stay small. */
function eliminate(row: readonly bigint[], pivot: readonly bigint[], column: number): bigint[] {
  const scale = pivot[column] ?? 0n
  const share = row[column] ?? 0n
  const next = row.map((value, index) => value * scale - (pivot[index] ?? 0n) * share)
  const divisor = next.reduce((sum, value) => gcd(sum, value), 0n)
  return divisor === 0n ? next : next.map((value) => value / divisor)
}
