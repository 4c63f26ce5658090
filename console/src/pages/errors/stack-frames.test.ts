import { describe, expect, it } from 'vitest'
import { framesOf } from './stack-frames.ts'

describe('frames of a stack', () => {
  it.each([
    ['    at bet (file:///srv/wallet/src/bet.ts:3:9)', 'own', 'bet', '/srv/wallet/src/bet.ts:3:9'],
    ['    at /srv/wallet/src/bet.ts:3:9', 'own', undefined, '/srv/wallet/src/bet.ts:3:9'],
    ['    at async Table.roll [as go] (/srv/table.js:1:2)', 'own', 'async Table.roll [as go]', '/srv/table.js:1:2'],
    ['    at Pool.query (/srv/node_modules/pg/lib/pool.js:1:2)', 'library', 'Pool.query', 'pg/lib/pool.js:1:2'],
    ['    at x (/a/node_modules/b/node_modules/c/d.js:1:2)', 'library', 'x', 'c/d.js:1:2'],
    [
      '    at process.processTimers (node:internal/timers:519:7)',
      'runtime',
      'process.processTimers',
      'node:internal/timers:519:7',
    ],
    ['    at JSON.parse (<anonymous>)', 'runtime', 'JSON.parse', '<anonymous>'],
  ])('%s', (line, owner, call, place) => {
    expect(framesOf(['Overdrawn: 3 of 10', line])).toEqual([
      { text: line.trim(), owner, place, ...(call === undefined ? {} : { call }) },
    ])
  })

  it('the lines of a message are no frames', () => {
    expect(framesOf(['Error: first', 'second', 'look at this'])).toEqual([])
  })
})
