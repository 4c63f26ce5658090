import { describe, type ExpectStatic, it } from 'vitest'
import { byReceiver, type Expected, SCENARIOS } from '../support/alerting-scenarios.ts'
import { needLaterAlertmanager } from '../support/alertmanager.ts'
import { LATER } from '../support/black-box/later.ts'
import type { BlackBoxScenario } from '../support/black-box/write.ts'
import { BLACK_BOX_SCENARIOS } from '../support/black-box-scenarios.ts'
import { type Comparable, comparable, expectedOf, randomPlay } from '../support/black-box/random.ts'
import { alertmanagerOf, BOXMAN, inOrder, type Play, playAll, type Played, type Told } from '../support/black-box.ts'
import { needPeer } from '../support/peer.ts'

// In real time, on `boxman serve` and on a real Alertmanager at once: the same comes in, the same is to go out.

/** `BOXMAN_BLACK_BOX=all` plays them all with each; else every second one with the installed one, the others with a later one, and few by chance. The number of those can be stated: `all 150`. */
const [which, plays = which === 'all' ? '40' : '4'] = (process.env['BOXMAN_BLACK_BOX'] ?? 'half').split(' ')
const SEEDS = Array.from({ length: Number(plays) }, (_, i) => i + 1)

function chosen<T>(all: readonly T[]): readonly T[] {
  return which === 'all' ? all : all.filter((_, i) => i % 2 === 0)
}

/** Most of it is waiting for others to be over. */
const PATIENCE_MS = 300_000
/** Of a machine with little to spare: a message may be so late, or a start so much off, s. */
const TOLERANCE = 0.6

/** Of several that are due at one time each is in the place where it is expected: which comes first is nobody's promise. */
function inPlaces(got: readonly Expected[], wanted: readonly Expected[]): Expected[] {
  const left = [...got]
  const placed = wanted.flatMap(({ receiver, alerts, at }, i) => {
    const rivals = wanted.slice(i).findIndex((each) => each.receiver !== receiver || each.at !== at)
    const first = left.slice(0, rivals < 0 ? undefined : rivals).findIndex((each) => each.alerts === alerts)
    return left.splice(Math.max(0, first), 1)
  })
  return [...placed, ...left]
}

function expectLike(expect: ExpectStatic, told: readonly Told[], expected: readonly Expected[]): void {
  const wanted = byReceiver(expected)
  const got = inPlaces(byReceiver(told), wanted)
  expect(got.map(({ receiver, alerts }) => `${receiver}: ${alerts}`)).toEqual(
    wanted.map(({ receiver, alerts }) => `${receiver}: ${alerts}`),
  )
  for (const [i, { at, to = at }] of wanted.entries()) {
    expect(got[i]?.at).toBeGreaterThan(at - TOLERANCE)
    expect(got[i]?.at).toBeLessThan(to + TOLERANCE)
  }
}

/** All that was said, but for the times, which are alike. */
function expectSame(expect: ExpectStatic, ours: readonly Told[], theirs: readonly Told[], spread: number): void {
  const [got, wanted] = [inOrder(ours), inOrder(theirs)]
  const lines = (told: readonly Told[]): string[] => told.map(({ alerts, more }) => `${alerts} ${more}`)
  const brief = (told: readonly Told[]): string[] => told.map((each) => `${each.receiver}: ${each.alerts}`)
  expect(brief(got)).toEqual(brief(wanted))
  expect(lines(got)).toEqual(lines(wanted))
  const late = got.filter(({ at }, i) => Math.abs(at - (wanted[i]?.at ?? 0)) > spread)
  expect(late.map(({ at, alerts }) => `${alerts} at ${at}`)).toEqual([])
}

describe.concurrent('boxman serve tells what the scenarios say', () => {
  it.for(chosen(SCENARIOS))('$name', { retry: 1, timeout: PATIENCE_MS }, async (scenario, { expect }) => {
    const { spec, inputs, expected } = scenario
    const play: Play = { ...scenario, config: spec, steps: inputs }
    const [ours] = await playAll(play, [BOXMAN])
    expect(ours).toBeDefined()
    expectLike(expect, ours?.told ?? [], expected)
  })
})

async function playBoth(
  scenario: BlackBoxScenario,
  binary: string,
): Promise<{ readonly ours: Played; readonly theirs: Played }> {
  const [ours, theirs] = await playAll(scenario, [BOXMAN, alertmanagerOf(binary)])
  if (ours === undefined || theirs === undefined) throw new Error('BUG: two played')
  return { ours, theirs }
}

/** Or as the scenario says that they differ. */
function expectAlike(expect: ExpectStatic, scenario: BlackBoxScenario, ours: Played, theirs: Played): void {
  const { boxman, alertmanager, spread = TOLERANCE } = scenario
  if (boxman === undefined) expectSame(expect, ours.told, theirs.told, spread)
  else {
    expectLike(expect, ours.told, boxman)
    expectLike(expect, theirs.told, alertmanager ?? boxman)
  }
  expect(theirs.told.length + theirs.answers.length + (boxman?.length ?? 0)).toBeGreaterThan(0)
}

/** Of several alerts that inhibit one, an Alertmanager names whichever it finds first. */
function answersOf({ answers }: Played): string[] {
  return answers.map((answer) => answer.replaceAll(/"inhibitedBy":\["[0-9a-f]{16}"\]/g, '"inhibitedBy":["one"]'))
}

describe.concurrent('boxman serve tells and answers what a real Alertmanager does', () => {
  it.for(chosen(BLACK_BOX_SCENARIOS))(
    '$name',
    { retry: 1, timeout: PATIENCE_MS },
    async (scenario, { skip, expect }) => {
      const { ours, theirs } = await playBoth(scenario, needPeer('prometheus-alertmanager', skip))
      expectAlike(expect, scenario, ours, theirs)
      expect(answersOf(ours)).toEqual(answersOf(theirs))
    },
  )
})

describe.concurrent('boxman serve tells and answers what a later Alertmanager does', () => {
  const others = BLACK_BOX_SCENARIOS.filter((each) => which === 'all' || !chosen(BLACK_BOX_SCENARIOS).includes(each))
  const alike = [...others, ...LATER].filter(({ later }) => later !== 'differs')
  it.for(alike)('$name', { retry: 1, timeout: PATIENCE_MS }, async (scenario, { skip, expect }) => {
    const { ours, theirs } = await playBoth(scenario, needLaterAlertmanager(skip))
    const { later } = scenario
    if (typeof later === 'object') expectLike(expect, theirs.told, later)
    else expectAlike(expect, scenario, ours, theirs)
    expect(answersOf(ours)).toEqual(answersOf(theirs))
  })
})

describe.concurrent('what happens by chance is told as the machine tells it in counted time', () => {
  it.for(SEEDS)('play %i', { retry: 1, timeout: PATIENCE_MS }, async (seed, { skip, expect }) => {
    const binary = needPeer('prometheus-alertmanager', skip)
    const play = randomPlay(seed)
    const expected = expectedOf(play)
    const contenders = [BOXMAN, alertmanagerOf(binary)]
    const [ours, theirs] = await playAll({ ...play, config: play.spec, steps: play.inputs }, contenders)
    if (ours === undefined || theirs === undefined) throw new Error('BUG: two played')
    const [got, gotByTheirs] = [comparable(ours), comparable(theirs)]
    expect([got.lines, gotByTheirs.lines]).toEqual([expected.ours.lines, expected.theirs.lines])
    expect([...late(got, expected.ours), ...late(gotByTheirs, expected.theirs)]).toEqual([])
    const isSame = JSON.stringify(expected.ours.lines) === JSON.stringify(expected.theirs.lines)
    if (isSame) expect(inOrder(ours.told).map(({ more }) => more)).toEqual(inOrder(theirs.told).map(({ more }) => more))
  })
})

function late({ lines, times }: Comparable, expected: Comparable): readonly string[] {
  return lines.filter((_, i) => Math.abs((times[i] ?? 0) - (expected.times[i] ?? 0)) > 2 * TOLERANCE)
}
