import { expect, it } from 'vitest'
import { csvOf } from './export.ts'

it('a file has a row a moment, and no cell that a spreadsheet would run', () => {
  const lines = [
    { key: 'a', name: 'a, "b"', labels: {}, values: [1, null] },
    { key: 'c', name: '=cmd()', labels: {}, values: [-2, 3] },
  ]
  expect(csvOf({ times: [0, 1], lines })).toBe(
    'time,"a, ""b""",\'=cmd()\n1970-01-01T00:00:00.000Z,1,-2\n1970-01-01T00:00:01.000Z,,3\n',
  )
})
