import { setTimeout as sleep } from 'node:timers/promises'
import type { Case, Contender, Reading } from '../case.ts'
import { bytesInUse, collectGarbage } from '../heap.ts'
import { ownCpuNs } from '../measure.ts'
import { mainThreadMs } from '../thread-clock.ts'
import { installedAlertmanager, type Peer, startAlertmanager } from './peer.ts'
import { ALERTS, GROUPS, INTERVAL_MS, type JsonAlert, jsonAlerts, posted, Subject } from './subject.ts'

const what = `${ALERTS} active alerts in ${GROUPS} groups`

/** From the JSON that comes in to every group's verdict. */
function ours(): ReturnType<Contender> {
  const subject = new Subject()
  subject.fill()
  const body = JSON.stringify(jsonAlerts())
  return (times) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own text
    for (let i = 0; i < times; i++) subject.round(posted(JSON.parse(body) as JsonAlert[]))
  }
}

async function filled(): Promise<Peer> {
  const peer = await startAlertmanager(INTERVAL_MS)
  await peer.post(JSON.stringify(jsonAlerts()))
  while (peer.told() < GROUPS) await sleep(100)
  await sleep(2 * INTERVAL_MS)
  return peer
}

/** The same alerts once an interval, in which every group comes to its time. */
async function theirs(): Promise<Awaited<ReturnType<Contender>>> {
  const peer = await filled()
  const body = JSON.stringify(jsonAlerts())
  const work = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await Promise.all([peer.post(body), sleep(INTERVAL_MS)])
  }
  return { work, cpuNs: peer.cpuNs }
}

/** CPU time of a round of the machine alone, ms. */
const tick: Reading = () => {
  const subject = new Subject()
  subject.fill()
  const alerts = posted()
  for (let i = 0; i < 50; i++) subject.round(alerts)
  return async () => {
    await collectGarbage()
    const before = ownCpuNs()
    subject.round(alerts)
    return (ownCpuNs() - before) / 1e6
  }
}

/** The longest step of a round, ms of the main thread. */
const slice: Reading = () => {
  const subject = new Subject()
  subject.fill()
  const alerts = posted()
  for (let i = 0; i < 50; i++) subject.round(alerts)
  return () => {
    let longest = 0
    let last = mainThreadMs()
    subject.round(alerts, () => {
      const now = mainThreadMs()
      longest = Math.max(longest, now - last)
      last = now
    })
    return longest
  }
}

const memory: Reading = () => async () => {
  await collectGarbage()
  const before = bytesInUse()
  const subject = new Subject()
  subject.fill()
  await collectGarbage()
  const bytes = bytesInUse() - before
  return subject.delivered === GROUPS ? bytes / 1e6 : NaN
}

const theirMemory: Reading = () => {
  const peer = filled()
  return async () => (await peer).bytes() / 1e6
}

const ceiling =
  (value: number): Reading =>
  () =>
  () =>
    value
const peerName = installedAlertmanager()

/** Against a real one where it is installed. */
const compared: readonly Case[] =
  peerName === undefined
    ? []
    : [
        { name: `${what}: posted once more, and every group due`, unit: 'ms CPU', peerName, ours, peer: theirs },
        { name: `${what}: memory`, unit: 'MB', peerName: `${peerName}, its process`, ours: memory, peer: theirMemory },
      ]

export const cases: readonly Case[] = [
  ...compared,
  { name: `${what}: a tick, CPU`, unit: 'ms', peerName: 'a ceiling of 50 ms', ours: tick, peer: ceiling(50) },
  { name: `${what}: its longest slice`, unit: 'ms', peerName: 'a ceiling of 10 ms', ours: slice, peer: ceiling(10) },
  {
    name: `${what}: memory, the whole state`,
    unit: 'MB',
    peerName: 'a ceiling of 60 MB',
    ours: memory,
    peer: ceiling(60),
  },
]
