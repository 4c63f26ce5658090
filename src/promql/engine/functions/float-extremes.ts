import type { ColumnFunction } from './float-columns.ts'

/**
 * The least or greatest value of each window, or when it was: of equal ones the last; NaN only when there is nothing else. Places
 * that may yet be the best wait in a queue, the best first, so that each sample is looked at once and not once a window.
 */
export function floatExtremes(isMax: boolean, isTime: boolean): ColumnFunction {
  return ({ times, values }, { from, to }, _, row, __, begin, end) => {
    const queue = new Int32Array(Math.max(0, (to[end - 1] ?? 0) - (from[begin] ?? 0)))
    let [head, tail, next] = [0, 0, from[begin] ?? 0]
    for (let i = begin; i < end; i++) {
      const [first, last] = [from[i] ?? 0, to[i] ?? 0]
      for (next = Math.max(next, first); next < last; next++) {
        const value = values[next] ?? NaN
        while (tail > head) {
          const waiting = values[queue[tail - 1] ?? 0] ?? NaN
          const beaten = isMax ? value >= waiting : value <= waiting
          if (!beaten && !Number.isNaN(waiting)) break
          tail--
        }
        queue[tail++] = next
      }
      while (head < tail && (queue[head] ?? 0) < first) head++
      if (first >= last) continue
      const best = queue[head] ?? 0
      row.setFloat(i, isTime ? (times[best] ?? NaN) / 1000 : (values[best] ?? NaN))
    }
  }
}
