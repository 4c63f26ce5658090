import { describe, expect, it } from 'vitest'
import { compareText, LabelSet, Matcher } from '../series/index.ts'
import { openTsdb, type Tsdb } from './index.ts'
import { sortInTurns } from './merge-runs.ts'
import { Pace } from './pace.ts'
import { seeded } from '../../test/support/node-page.ts'
import { T0 } from '../../test/support/read-all.ts'

const SERIES = 6000
const HOUR = 3_600_000

/** How many turns others had while the work went on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let next = setImmediate(function look() {
    turns++
    next = setImmediate(look)
  })
  await work()
  clearImmediate(next)
  return turns
}

function labelsOf(i: number): LabelSet {
  return LabelSet.of({ __name__: `m${i % 10}`, path: `/p${i}`, zone: 'eu' })
}

async function filled(rows = 1): Promise<Tsdb> {
  const db = await openTsdb({ retentionMs: HOUR })
  const refs = Uint32Array.from({ length: SERIES }, (_, i) => db.series(labelsOf(i)) ?? 0)
  const group = db.scrapeGroup()
  for (let row = 0; row < rows; row++) group.append(T0 + row * 15_000, refs, new Float64Array(SERIES).fill(row))
  return db
}

const ALL = new Matcher('path', '=~', '/p.*')

describe('long work leaves others their turns', () => {
  it.each([
    ['selecting all', (db: Tsdb) => db.select([], T0, T0 + HOUR), 3],
    ['a pattern tried on every value', (db: Tsdb) => db.select([ALL], T0, T0 + HOUR), 3],
    ['a pattern that few fail', (db: Tsdb) => db.select([new Matcher('path', '!~', '.*77')], T0, T0 + HOUR), 3],
    ['names of labels', (db: Tsdb) => db.labelNames([], T0, T0 + HOUR), 3],
    ['values of a label', (db: Tsdb) => db.labelValues('path', [], T0, T0 + HOUR), 3],
    ['sealing a page', (db: Tsdb) => db.step(T0 + 121 * 15_000), 20],
    ['forgetting all', (db: Tsdb) => db.step(T0 + 9 * HOUR), 3],
  ] as const)('%s', async (_, work, least) => {
    const db = await filled(121)
    expect(await turnsDuring(() => work(db))).toBeGreaterThanOrEqual(least)
  })

  it('and series may come while others are forgotten', async () => {
    const db = await filled()
    const over = db.step(T0 + 9 * HOUR)
    const now = T0 + 9 * HOUR
    let made = 0
    const done = over.then(() => true)
    while (!(await Promise.race([done, new Promise<false>((resolve) => setImmediate(() => resolve(false)))]))) {
      db.append(labelsOf(SERIES + made++), now, made)
    }
    expect(made).toBeGreaterThan(3)
    const found = await db.select([new Matcher('zone', '=', 'eu')], now, now)
    expect(found.map(({ labels }) => labels.get('path')).toSorted()).toEqual(
      Array.from({ length: made }, (_, i) => `/p${SERIES + i}`).toSorted(),
    )
    expect(db.stats.series).toBe(made)
  })

  it('sorting sorts', async () => {
    const random = seeded(3)
    for (const length of [0, 1, 255, 256, 257, 5000]) {
      const texts = Array.from({ length }, () => String(Math.floor(random() * 3000)))
      expect(await sortInTurns(texts, compareText, new Pace())).toEqual(texts.toSorted(compareText))
    }
  })
})
