/** Interpolated between the neighbours; sorts the values in place. NaN counts as the least of all. */
export function quantileOf(q: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(q)) return NaN
  if (q < 0) return -Infinity
  if (q > 1) return Infinity
  // Sorting puts NaN last.
  values.sort()
  let nans = 0
  while (nans < values.length && Number.isNaN(values[values.length - 1 - nans])) nans++
  const at = (place: number): number => (place < nans ? NaN : (values[place - nans] ?? NaN))
  const rank = q * (values.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return at(lower) * (1 - weight) + at(upper) * weight
}

/** Welford's way, compensated as CompensatedSum is: of values from one place to before another. */
export function variance(values: Float64Array, from: number, to: number): number {
  let [mean, meanRest, squares, squaresRest] = [0, 0, 0, 0]
  for (let i = from; i < to; i++) {
    const value = values[i] ?? NaN
    const delta = value - (mean + meanRest)
    const change = delta / (i - from + 1)
    const nextMean = mean + change
    if (nextMean === Infinity || nextMean === -Infinity) meanRest = 0
    else if (Math.abs(mean) >= Math.abs(change)) meanRest += mean - nextMean + change
    else meanRest += change - nextMean + mean
    mean = nextMean
    const square = delta * (value - (mean + meanRest))
    const nextSquares = squares + square
    if (nextSquares === Infinity || nextSquares === -Infinity) squaresRest = 0
    else if (Math.abs(squares) >= Math.abs(square)) squaresRest += squares - nextSquares + square
    else squaresRest += square - nextSquares + squares
    squares = nextSquares
  }
  return (squares + squaresRest) / (to - from)
}
