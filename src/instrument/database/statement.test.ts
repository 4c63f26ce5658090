import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operationOf, statementShape } from '../index.ts'

describe('a statement', () => {
  it.each([
    ['select 1', 'SELECT'],
    ['  -- why\n/* here */ (SELECT 1)', 'SELECT'],
    ['With x as (select 1) select * from x', 'WITH'],
    ["insert into t values ('select')", 'INSERT'],
    ['selectx', '_OTHER'],
    ['', '_OTHER'],
    ['-- nothing', '_OTHER'],
    ['VACUUM', '_OTHER'],
  ])('%j is %s', (sql, operation) => {
    expect(operationOf(sql)).toBe(operation)
  })

  it.each([
    ['SELECT * FROM films WHERE id = 17', 'SELECT * FROM films WHERE id = ?'],
    ['SELECT * FROM films WHERE id = $1 AND t2.x3 < -1.5e3', 'SELECT * FROM films WHERE id = ? AND t2.x3 < ?'],
    ["UPDATE u SET name = 'O''Hara', e = E'\\'x' WHERE m = 0xFF", 'UPDATE u SET name = ?, e = ? WHERE m = ?'],
    ['SELECT 1 WHERE a IN (1, 2,3)', 'SELECT ? WHERE a IN (?)'],
    ["INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y')", 'INSERT INTO t (a, b) VALUES (?)'],
    ['SELECT $tag$it\'s$tag$ -- card 4111\n, "Name" FROM t /* 17 */', 'SELECT ? , "Name" FROM t'],
    ["SELECT 'cut off", 'SELECT ?'],
  ])('%j has the shape %j', (sql, shape) => {
    expect(statementShape(sql, 'names')).toBe(shape)
  })

  it('in MySQL a text may stand in double quotes', () => {
    expect(statementShape('SELECT `a\'1` FROM t WHERE b = "se\\"cr\'et" AND c = \'x"y\' # 1', 'texts')).toBe(
      "SELECT `a'1` FROM t WHERE b = ? AND c = ?",
    )
  })

  it('in PostgreSQL a text may end in a backslash, and a name may hold a quote', () => {
    expect(statementShape(`SELECT "o'x" FROM t WHERE b = '\\' AND c = 'secret'`, 'names')).toBe(
      `SELECT "o'x" FROM t WHERE b = ? AND c = ?`,
    )
  })

  it('never shows a text, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(),
        fc.constantFrom('names' as const, 'texts' as const),
        (text, number, quotes) => {
          const escaped = quotes === 'texts' ? text.replaceAll('\\', '\\\\') : text
          const quoted = `'${escaped.replaceAll("'", "''")}'`
          expect(statementShape(`SELECT a FROM t WHERE b = ${quoted} AND c = ${number}`, quotes)).toBe(
            'SELECT a FROM t WHERE b = ? AND c = ?',
          )
        },
      ),
    )
  })

  it('is read and cut in bounded time', () => {
    const long = `SELECT ${"'a', x, ".repeat(200_000)} 1`
    expect(statementShape(long, 'names').length).toBeLessThanOrEqual(1000)
    expect(operationOf(`${'('.repeat(1_000_000)}SELECT`)).toBe('_OTHER')
  })
})
