import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { seeded } from '../../../test/support/node-page.ts'
import { readAll as read, T0 } from '../../../test/support/read-all.ts'
import { openTsdb } from '../index.ts'

const MINUTE = 60_000
const root = mkdtempSync(path.join(tmpdir(), 'boxman-kills-'))
afterAll(() => {
  rmSync(root, { recursive: true, force: true })
})

const doors = ['tsdb', 'series'].map((room) =>
  JSON.stringify(fileURLToPath(new URL(`../../../dist/${room}/index.js`, import.meta.url))),
)

/** Appends scrape after scrape and says so, a minute of store time each, until it is killed. */
const WRITER = `
import { openTsdb } from ${doors[0]}
import { LabelSet } from ${doors[1]}
import { writeSync } from 'node:fs'
const [folder, fsync, from] = process.argv.slice(1)
const db = await openTsdb({ folder, fsync, fsyncIntervalMs: 5, retentionMs: 1e10 })
const refs = Uint32Array.from({ length: 20 }, (_, k) => db.series(LabelSet.of({ __name__: 'm', k: String(k) })))
const single = db.series(LabelSet.of({ __name__: 'single' }))
const group = db.scrapeGroup()
for (let i = Number(from); ; i++) {
  const at = ${T0} + i * 60000
  const one = group.append(at, refs, new Float64Array(20).fill(i))
  const other = db.batch().add(single, at, i).commit()
  if (one.appended === 20 && other.appended === 1) writeSync(1, i + '\\n')
  void db.step(at)
  if (i % 10 === 0) await new Promise(setImmediate)
}
`

/** Runs the writer until it has written something and some moment has passed; returns what it acknowledged. */
async function killed(args: readonly string[], afterMs: number): Promise<number[]> {
  const child: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', WRITER, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let text = ''
  const exited = new Promise((resolve) => child.once('close', resolve))
  await new Promise((resolve) =>
    child.stdout?.on('data', (piece: Buffer) => {
      text += String(piece)
      resolve(undefined)
    }),
  )
  await new Promise((resolve) => {
    setTimeout(resolve, afterMs)
  })
  child.kill('SIGKILL')
  await exited
  return text.split('\n').slice(0, -1).map(Number)
}

describe('kill -9', () => {
  const rounds = Number(process.env['BOXMAN_TSDB_KILLS'] ?? 6)

  // A process that is killed has given all to the system: what an interval may lose goes with the machine.
  it.each(['always', 'interval'])(
    `loses no acknowledged sample with fsync %s, ${rounds} times over`,
    { timeout: 30_000 + rounds * 5000 },
    async (fsync) => {
      const folder = path.join(root, fsync)
      const random = seeded(rounds)
      const acknowledged: number[] = []
      let next = 0
      for (let round = 0; round < rounds; round++) {
        acknowledged.push(...(await killed([folder, fsync, String(next)], random() * 80)))
        const db = await openTsdb({ folder, fsync: 'never', retentionMs: 1e10 })
        const found = await read(db)
        await db.close()
        const want = acknowledged.map((i) => `${i * MINUTE}=${i}`)
        expect(Object.keys(found)).toHaveLength(21)
        const seen = Object.values(found).map((samples) => samples.split(' '))
        for (const samples of seen) {
          const held = new Set(samples)
          expect(want.filter((sample) => !held.has(sample))).toEqual([])
          expect(
            samples.every((sample) => Number(sample.split('=')[0]) === Number(sample.split('=')[1]) * MINUTE),
          ).toBe(true)
        }
        next = 1 + Math.max(...seen.map((samples) => Number(samples.at(-1)?.split('=')[1])))
      }
      expect(acknowledged.length).toBeGreaterThan(rounds)
    },
  )
})
