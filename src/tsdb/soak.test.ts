import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { LabelSet, Matcher } from '../series/index.ts'
import { T0 } from '../../test/support/read-all.ts'
import { openTsdb, type Tsdb, type TsdbOptions } from './index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAYS = 3
const LIVE = 60
/** A scrape every so often. */
const STEP = 2 * MINUTE
/** Every series is another after so many scrapes. */
const LIFE = 90

const root = mkdtempSync(path.join(tmpdir(), 'boxman-soak-'))
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

/** Series that come and go: each scrape ends one and begins another. */
async function churn(db: Tsdb, scrapes: number, watch: (scrape: number) => void): Promise<void> {
  const group = db.scrapeGroup()
  const labels = (i: number): LabelSet =>
    LabelSet.of({ __name__: 'm', pod: `pod-${i}`, slot: String(i % LIVE), kind: 'churned' })
  for (let scrape = 0; scrape < scrapes; scrape++) {
    const at = T0 + scrape * STEP
    const first = Math.floor((scrape * LIVE) / LIFE)
    const refs = Uint32Array.from({ length: LIVE }, (_, i) => db.series(labels(first + i)) ?? 0)
    group.append(
      at,
      refs,
      Float64Array.from(refs, (_, i) => scrape * i),
    )
    const alone = db.series(LabelSet.of({ __name__: 'alone', run: String(Math.floor(scrape / LIFE)) })) ?? 0
    db.batch().add(alone, at, scrape).commit()
    await db.step(at)
    watch(scrape)
  }
}

describe('days of series that come and go', () => {
  const limits: TsdbOptions = { retentionMs: 6 * HOUR, maxSeries: 2000, fsync: 'never' }
  /** Alive, and dead within retention and a sweep. */
  const mostSeries = LIVE + (LIVE / LIFE) * ((6.5 * HOUR) / STEP) + 10

  it.each([
    ['in memory', undefined],
    ['in a folder', path.join(root, 'data')],
  ])(
    'leave nothing behind, %s',
    async (_, folder) => {
      const db = await openTsdb({ ...limits, ...(folder !== undefined && { folder }) })
      const scrapes = (DAYS * 24 * HOUR) / STEP
      const bytes: number[] = []
      let mostFiles = 0
      await churn(db, scrapes, (scrape) => {
        expect(db.stats.series).toBeLessThanOrEqual(mostSeries)
        if (scrape > scrapes / 5) bytes.push(db.stats.bytes)
        if (scrape % 100 === 0 && folder !== undefined)
          mostFiles = Math.max(mostFiles, readdirSync(folder, { recursive: true }).length)
      })
      expect(mostFiles).toBeLessThan(14)
      const half = bytes.length / 2
      expect(Math.max(...bytes.slice(half))).toBeLessThan(Math.max(...bytes.slice(0, half)) * 1.1)
      expect(db.stats.refused['series-limit']).toBe(0)
      const values = await db.labelValues('pod', [], -Infinity, Infinity)
      expect(values.length).toBeLessThanOrEqual(mostSeries)
      expect(await db.select([new Matcher('pod', '=', 'pod-1')], -Infinity, Infinity)).toEqual([])
      await db.step(T0 + DAYS * 24 * HOUR + 12 * HOUR)
      expect(db.stats.series).toBe(0)
      expect(db.stats.bytes).toBeLessThan(10_000)
      await db.close()
    },
    60_000,
  )

  it('refuse new ones over maxSeries, while those that are known go on, and take them when there is room', async () => {
    const db = await openTsdb({ ...limits, maxSeries: LIVE + 10 })
    const group = db.scrapeGroup()
    const known = Uint32Array.from({ length: LIVE }, (_, i) => db.series(LabelSet.of({ a: String(i) })) ?? 0)
    let refused = 0
    for (let scrape = 0; scrape < 400; scrape++) {
      const at = T0 + scrape * STEP
      expect(group.append(at, known, new Float64Array(LIVE)).appended).toBe(LIVE)
      const { appended } = db.append(LabelSet.of({ b: String(scrape) }), at, 1)
      refused += 1 - appended
      await db.step(at)
      expect(db.stats.series).toBeLessThanOrEqual(LIVE + 10)
    }
    expect(db.stats.refused['series-limit']).toBe(refused)
    expect(refused).toBeGreaterThan(100)
    expect(refused).toBeLessThan(390)
  })
})
