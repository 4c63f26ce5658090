import { setTimeout as sleep } from 'node:timers/promises'
import { median, type Row, type Rows } from '../case.ts'
import { ServedBoxman } from './boxman.ts'
import { installedAlertmanager, startAlertmanager } from './peer.ts'
import { ALERTS, GROUPS, INTERVAL_MS, jsonAlerts } from './subject.ts'

/** What Prometheus posts at once. */
const BATCH = 256
const ROUNDS = 10
const what = `${ALERTS} alerts in ${GROUPS} groups`

interface Figures {
  readonly emptyMb: number
  readonly fullMb: number
  readonly roundCpuMs: number
}

interface Subject {
  readonly post: (body: string) => Promise<void>
  readonly cpuNs: () => number
  readonly bytes: () => number
  readonly told: () => number
}

const megabytes = ({ bytes }: Subject): number => bytes() / 1e6

/** All alerts once an interval, in which every group comes to its time, as rules that fire are told of. */
async function round({ post }: Subject): Promise<void> {
  const all = jsonAlerts()
  const posting = async (): Promise<void> => {
    for (let from = 0; from < all.length; from += BATCH) await post(JSON.stringify(all.slice(from, from + BATCH)))
  }
  await Promise.all([posting(), sleep(INTERVAL_MS)])
}

async function figures(subject: Subject): Promise<Figures> {
  await sleep(2 * INTERVAL_MS)
  const emptyMb = megabytes(subject)
  await round(subject)
  while (subject.told() < GROUPS) await sleep(100)
  for (let i = 0; i < 5; i++) await round(subject)
  const before = subject.cpuNs()
  for (let i = 0; i < ROUNDS; i++) await round(subject)
  const roundCpuMs = (subject.cpuNs() - before) / 1e6 / ROUNDS
  return { emptyMb, fullMb: megabytes(subject), roundCpuMs }
}

interface OwnFigures extends Figures {
  readonly againMb: number
  readonly againLaterMb: number
  readonly sliceMs: number
}

function subjectOf(served: ServedBoxman): Subject {
  return {
    post: (body) => served.post(body),
    cpuNs: () => served.cpuNs(),
    bytes: () => served.bytes(),
    told: () => served.told,
  }
}

async function ours(): Promise<OwnFigures> {
  const served = new ServedBoxman()
  await served.open(INTERVAL_MS)
  const subject = subjectOf(served)
  const taken = await figures(subject)
  await served.kill()
  await served.start()
  const againMb = megabytes(subject)
  for (let i = 0; i < 5; i++) await round(subject)
  const againLaterMb = megabytes(subject)
  await served.close()
  return { ...taken, againMb, againLaterMb, sliceMs: await slice() }
}

/** The longest piece of work, snapshots of the state among them. */
async function slice(): Promise<number> {
  const served = new ServedBoxman({ looksAtSlices: true })
  await served.open(INTERVAL_MS)
  const subject = subjectOf(served)
  for (let i = 0; i < 10; i++) await round(subject)
  await served.longestSliceMs()
  for (let i = 0; i < ROUNDS; i++) await round(subject)
  const longest = await served.longestSliceMs()
  await served.close()
  return longest
}

export const rows: Rows = async function* (processes) {
  const peerName = installedAlertmanager()
  const own: OwnFigures[] = []
  const theirs: Figures[] = []
  for (let i = 0; i < processes; i++) {
    own.push(await ours())
    if (peerName === undefined) continue
    const peer = await startAlertmanager(INTERVAL_MS)
    theirs.push(await figures(peer))
    peer.stop()
  }
  const row = (
    name: string,
    read: (one: OwnFigures) => number,
    ceiling: number,
    unit: string,
  ): Omit<Row, 'bench' | 'ratio'> => ({
    case: `${what}: ${name}`,
    ours: median(own.map(read)),
    peer: ceiling,
    peerName: `a ceiling of ${ceiling} ${unit}`,
    unit,
    better: 'lower',
  })
  const against = (name: string, read: (one: Figures) => number, unit: string): Omit<Row, 'bench' | 'ratio'>[] =>
    peerName === undefined ? [] : [{ ...row(name, read, 0, unit), peer: median(theirs.map(read)), peerName }]
  yield* against('posted in requests of 256, and every group due', ({ roundCpuMs }) => roundCpuMs, 'ms CPU')
  yield* against('the process', ({ fullMb }) => fullMb, 'MB')
  yield* against('the process, above one without alerts', ({ fullMb, emptyMb }) => fullMb - emptyMb, 'MB')
  yield row('the process, above one without alerts', ({ fullMb, emptyMb }) => fullMb - emptyMb, 60, 'MB')
  yield row('begun again with them, above one without', ({ againMb, emptyMb }) => againMb - emptyMb, 60, 'MB')
  yield row('and posted some times since', ({ againLaterMb, emptyMb }) => againLaterMb - emptyMb, 60, 'MB')
  yield row('the longest slice', ({ sliceMs }) => sliceMs, 10, 'ms')
}
