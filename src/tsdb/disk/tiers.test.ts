import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readAll as read, T0 } from '../../../test/support/read-all.ts'
import { type HistogramValue, LabelSet, Matcher } from '../../series/index.ts'
import { openTsdb, type Tsdb, type TsdbOptions } from '../index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const root = mkdtempSync(path.join(tmpdir(), 'boxman-tiers-'))
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

const OPTIONS: TsdbOptions = {
  fsync: 'never',
  retentionMs: 6 * HOUR,
  tiers: [
    { resolutionMs: 5 * MINUTE, retentionMs: 12 * HOUR },
    { resolutionMs: 15 * MINUTE, retentionMs: 1000 * HOUR },
  ],
}

const counter = LabelSet.of({ __name__: 'rolls_total' })
const gauge = LabelSet.of({ __name__: 'players' })
const latency = LabelSet.of({ __name__: 'latency' })

function histogram(count: number): HistogramValue {
  const none = { spans: [], counts: [] }
  const positive = { spans: [{ offset: 0, length: 1 }], counts: [count] }
  return {
    schema: 0,
    count,
    sum: count,
    zeroThreshold: 0,
    zeroCount: 0,
    positive,
    negative: none,
    customBounds: [],
    counterReset: 'unknown',
  }
}

/** A minute a scrape, the counter begins anew every 95 minutes. */
async function minutes(db: Tsdb, from: number, to: number): Promise<void> {
  const group = db.scrapeGroup()
  for (let i = from; i < to; i++) {
    const at = T0 + i * MINUTE
    group.append(
      at,
      Uint32Array.from([counter, gauge], (set) => db.series(set) ?? 0),
      Float64Array.of(i % 95, i),
    )
    db.batch()
      .addHistogram(db.series(latency) ?? 0, at, histogram(i))
      .commit()
    if (i % 10 === 0) await db.step(at)
  }
  await db.step(T0 + to * MINUTE)
}

const resolutionsIn = (folder: string): Set<string> =>
  new Set(readdirSync(path.join(folder, 'blocks')).map((name) => name.split(/[-.]/)[2] ?? ''))

function counted(samples: readonly number[]): number {
  return samples.reduce((sum, value, i) => {
    const before = samples[i - 1] ?? value
    return sum + (value < before ? value : value - before)
  }, 0)
}

async function valuesOf(db: Tsdb, labels: LabelSet): Promise<{ times: number[]; values: number[] }> {
  const [series] = await db.select([new Matcher('__name__', '=', labels.get('__name__'))], -Infinity, Infinity)
  const columns = series?.columns()
  return { times: Array.from(columns?.times ?? [], (t) => (t - T0) / MINUTE), values: [...(columns?.values ?? [])] }
}

describe('tiers', () => {
  it('keep what is past retention, coarser and coarser, and all that was counted', async () => {
    const folder = path.join(root, 'a')
    const db = await openTsdb({ ...OPTIONS, folder })
    const total = 60 * 60
    await minutes(db, 0, total)
    const rolls = await valuesOf(db, counter)
    const all = Array.from({ length: total - (rolls.times[0] ?? 0) }, (_, i) => (i + (rolls.times[0] ?? 0)) % 95)
    expect(rolls.times[0]).toBe(0)
    expect(counted(rolls.values)).toBe(counted(all))
    expect(rolls.values.length).toBeLessThan(total / 2)
    const players = await valuesOf(db, gauge)
    expect(players.values).toEqual(players.times)
    const gaps = players.times.map((t, i) => t - (players.times[i - 1] ?? t))
    expect(Math.max(...gaps)).toBe(15)
    // The newest six hours as they came.
    expect(gaps.slice(-6 * 60 + 1).every((gap) => gap === 1)).toBe(true)
    expect(gaps).toContain(5)
    expect(resolutionsIn(folder)).toEqual(new Set(['block', '300000', '900000']))
    const [h] = await db.select([new Matcher('__name__', '=', 'latency')], T0, T0 + 10 * HOUR)
    expect(h?.columns().histograms?.values.at(0)?.count).toBe(0)
    expect(h?.columns().histograms?.values.length).toBeLessThan(150)

    const before = await read(db)
    const copy = path.join(root, 'b')
    cpSync(folder, copy, { recursive: true, filter: (file) => path.basename(file) !== 'lock' })
    const again = await openTsdb({ ...OPTIONS, folder: copy })
    expect(await read(again)).toEqual(before)
    await db.step(T0 + 2000 * HOUR)
    expect(db.stats).toMatchObject({ series: 0, disk: { blocks: 0, failures: 0 } })
    await db.close()
    await again.close()
  })

  it('that a crash left beside what they were made of are one', async () => {
    const folder = path.join(root, 'c')
    const db = await openTsdb({ ...OPTIONS, folder })
    await minutes(db, 0, 16 * 60)
    const fine = path.join(root, 'fine')
    cpSync(path.join(folder, 'blocks'), fine, { recursive: true })
    await minutes(db, 16 * 60, 17 * 60)
    const blocks = [0, 0]
    for (let i = 17; i < 40; i++) {
      await minutes(db, i * 60, (i + 1) * 60)
      if (resolutionsIn(folder).has('300000')) break
    }
    const before = await read(db, [], T0, T0 + 9 * HOUR)
    blocks[0] = readdirSync(path.join(folder, 'blocks')).length
    await db.close()
    cpSync(fine, path.join(folder, 'blocks'), { recursive: true })
    const again = await openTsdb({ ...OPTIONS, folder })
    const now = Math.max(
      ...Object.values(await read(again)).map((text) => Number(text.split(' ').at(-1)?.split('=')[0])),
    )
    await again.step(T0 + now)
    blocks[1] = readdirSync(path.join(folder, 'blocks')).length
    expect(blocks[1]).toBe(blocks[0])
    expect(await read(again, [], T0, T0 + 9 * HOUR)).toEqual(before)
    await again.close()
  })

  it.each([
    [{ tiers: [{ resolutionMs: 1000, retentionMs: 1e9 }] }, 'need a folder'],
    [{ tiers: [{ resolutionMs: 1000, retentionMs: 1000 }], folder: root }, "a tier's retentionMs of 1000"],
    [{ tiers: [{ resolutionMs: 0, retentionMs: 1e9 }], folder: root }, "a tier's resolutionMs of 0"],
    [{ tiers: [{ resolutionMs: 1000, retentionMs: 1e9 }], retentionMs: HOUR, folder: root }, 'at least 14400000'],
  ])('%j: %s', async (options, message) => {
    await expect(openTsdb(options)).rejects.toThrow(message)
  })
})
