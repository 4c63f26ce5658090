import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'
import { seeded } from './support/node-page.ts'
import { root } from './support/peer.ts'
import { type Mood, RemoteReceiver, withoutRepeats } from './support/remote-receiver.ts'

const KILLS = 8
const SERIES = 20

const door = (room: string): string => pathToFileURL(path.join(root, 'dist', room, 'index.js')).href
/** Appends on and on, says how far it is, and sends. Told a number to stop at, it ends in peace there. */
const WRITER = `
  import { openTsdb } from '${door('tsdb')}'
  import { LabelSet } from '${door('series')}'
  import { RemoteWriteSender } from '${door('wire')}'
  const [folder, url, from, stopAt] = process.argv.slice(1)
  const db = await openTsdb({ folder })
  const sender = new RemoteWriteSender({ url, source: db, folder, name: 'r', now: () => 1760000000000 + n * 1000, maxSamplesPerSend: 50, batchDeadlineMs: 5, maxQueued: 200 })
  let n = Number(from)
  sender.start()
  const refs = Uint32Array.from({ length: ${SERIES} }, (_, i) => db.series(LabelSet.of({ __name__: 's', i: String(i) })))
  const group = db.scrapeGroup()
  const single = db.batch()
  const late = db.series(LabelSet.of({ __name__: 'single' }))
  while (n < Number(stopAt)) {
    const at = 1760000000000 + n * 1000
    const results = [
      group.append(at, refs, new Float64Array(refs.length).fill(n)),
      single.add(late, at - 500, n).commit(),
    ]
    if (results.some(({ refused }) => Object.keys(refused).length > 0)) throw new Error(JSON.stringify(results))
    process.stdout.write(n + '\\n')
    n++
    // Now and then all is sent.
    if (n % 10 === 0) await new Promise((resolve) => setTimeout(resolve, n % 100 === 0 ? 80 : 1))
  }
  await sender.stop(20000)
  await db.close()
`

/** Runs the writer; resolves with the number that it acknowledged last. */
async function run(
  folder: string,
  url: string,
  from: number,
  stopAt: number,
  killAfterMs: number | undefined,
): Promise<number> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', WRITER, folder, url, String(from), String(stopAt)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let text = ''
  const begun = once(child.stdout, 'data')
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
  })
  if (killAfterMs !== undefined) {
    await begun
    await sleep(killAfterMs)
    child.kill('SIGKILL')
  }
  await ended
  const lines = text.split('\n').slice(0, -1)
  return Number(lines.at(-1) ?? from - 1)
}

it('a sender that is killed again and again loses nothing that was stored, and every series arrives in order', async () => {
  const random = seeded(7)
  const moods: readonly Mood[] = [
    'take',
    'take',
    { status: 500 },
    'take',
    'hang up',
    'take, and hang up before the answer',
  ]
  const remote = await RemoteReceiver.start()
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-kills-'))
  try {
    remote.mood = () => moods[Math.floor(random() * moods.length)] ?? 'take'
    let next = 0
    const gaps = new Set<number>()
    for (let kill = 0; kill < KILLS; kill++) {
      const last = await run(folder, remote.url, next, 1e6, random() * 300)
      // Whether the next one was stored before the end, nobody said.
      gaps.add(last + 1)
      next = last + 2
    }
    remote.mood = () => 'take'
    const end = next + 50
    await run(folder, remote.url, next, end, undefined)
    const stored = Array.from({ length: end }, (_, n) => n).filter((n) => !gaps.has(n))
    const of = (key: string): number[] =>
      withoutRepeats(remote.arrived.get(key)).map((each) => Number(each.split('=')[1]?.split('<')[0] ?? Number.NaN))
    for (const key of ['single', ...Array.from({ length: SERIES }, (_, i) => `s{i="${i}"}`)]) {
      const arrived = of(key).filter((n) => !Number.isNaN(n))
      expect(arrived).toEqual(arrived.toSorted((a, b) => a - b))
      expect(arrived.filter((n) => !gaps.has(n))).toEqual(stored)
    }
  } finally {
    remote.close()
  }
}, 60_000)
