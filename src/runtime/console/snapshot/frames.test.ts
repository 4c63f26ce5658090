import { describe, expect, it } from 'vitest'
import { stepsIn } from './frames.ts'

describe('the steps of a chart', () => {
  it.each([
    [{ from: 0, to: 1003 }, 500, { from: 3, to: 1003 }],
    [{ from: 3, to: 1003 }, 500, { from: 3, to: 1003 }],
    [{ from: 1000, to: 1400 }, 500, { from: 1400, to: 1400 }],
    [{ from: 0.5, to: 1000.7 }, 250, { from: 250, to: 1000 }],
  ])('of %j by %i end where the range does', (window, step, expected) => {
    expect(stepsIn(window, step)).toEqual({ ...expected, step })
  })
})
