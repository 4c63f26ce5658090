import { describe, expect, it } from 'vitest'
import type { PlayersStats } from '../players/index.ts'
import { readSummary, type Summary } from '../summary.ts'
import { Board, lineOf } from './board.ts'
import { closingText } from './closing.ts'
import { Interrupts } from './interrupts.ts'
import { Splitter, Tail } from './tail.ts'

const CLEAR = '\r\u001B[2K'

function boardOn(terminal: { isTTY: boolean; columns: number }): { board: Board; written: string[] } {
  const written: string[] = []
  return { board: new Board({ ...terminal, write: (text) => written.push(text) }), written }
}

describe('Board', () => {
  it('rewrites its line on a terminal, no wider than that, and prints above it', () => {
    const { board, written } = boardOn({ isTTY: true, columns: 11 })
    board.live('one', 0)
    board.live('a line too long', 1)
    board.print('news')
    board.print('more')
    board.live('two', 2)
    expect(written).toEqual([`${CLEAR}one`, `${CLEAR}a line too`, `${CLEAR}news\n`, 'more\n', `${CLEAR}two`])
  })

  it('writes a line every 5 s elsewhere', () => {
    const { board, written } = boardOn({ isTTY: false, columns: 0 })
    for (let at = 1000; at <= 11_000; at += 1000) board.live(`line ${at}`, at)
    expect(written).toEqual(['line 1000\n', 'line 6000\n', 'line 11000\n'])
  })
})

const FIGURES: Summary = {
  requestsPerSecond: 118.04,
  p95Ms: 47.5,
  ingressToProofP95Ms: 471.2,
  subscribers: 58,
  rolls: 139,
  houseEdge: 0.0141,
  errors: 0,
}

describe('lineOf', () => {
  it.each([
    [
      FIGURES,
      1000,
      Infinity,
      '118 requests/s  p95 48 ms  ingress to proof p95 471 ms  58 subscribers  139 rolls  house edge 1.41 %  0 errors',
    ],
    [FIGURES, 1000, 79, '118 req/s  p95 48 ms  proof 471 ms  58 subs  139 rolls  edge 1.41 %  0 errors'],
    [
      readSummary({ rolls: 1 }),
      7200,
      Infinity,
      '- requests/s  p95 - ms  ingress to proof p95 - ms  - subscribers  1 rolls  house edge - %  - errors  (no news for 7 s)',
    ],
  ])('%j', (summary, ageMs, width, want) => {
    expect(lineOf(summary, ageMs, width)).toBe(want)
  })
})

describe('readSummary', () => {
  it.each([[FIGURES], [{ ...FIGURES, houseEdge: undefined }]])('reads %j as it was sent', (summary) => {
    expect(readSummary(JSON.parse(JSON.stringify(summary)))).toEqual(summary)
  })

  it('finds nothing in what is no summary', () => {
    expect(Object.values(readSummary('rolls')).filter((each) => each !== undefined)).toEqual([])
  })
})

describe('closingText', () => {
  const stats: PlayersStats = {
    players: 4,
    registered: 4,
    accepted: 100,
    refused: { 400: 2, 503: 1 },
    aborted: 3,
    failed: 0,
    proofsVerified: 9,
    proofsFailed: 1,
    proofsLate: 0,
    events: 500,
    disconnects: 5,
    unexpected: 0,
    complaints: ['the proof of b1: bad-path'],
  }

  it('says what it came to', () => {
    const text = closingText(12.34, stats, FIGURES)
    expect(text.split('\n').map((line) => line.trim().replaceAll(/ +/g, ' '))).toEqual([
      'Played for 12.3 s.',
      'bets accepted 100',
      'requests refused 400: 2, 503: 1',
      'hung up 3 requests, 5 sockets',
      'without answer 0',
      'proofs 9 verified, 1 failed, 0 late',
      'events received 500',
      'the proof of b1: bad-path',
      'rolls 139',
      'house edge 1.41 %',
      'errors counted 0',
    ])
  })

  it('leaves out what nobody knows', () => {
    expect(closingText(1, undefined, undefined)).toBe('Played for 1.0 s.')
  })
})

describe('Interrupts', () => {
  it.each([
    [[10], ['stop']],
    [
      [10, 12],
      ['stop', 'echo'],
    ],
    [
      [10, 12, 800],
      ['stop', 'echo', 'kill'],
    ],
  ])('presses at %j mean %j', (times, want) => {
    const interrupts = new Interrupts()
    expect(times.map((at) => interrupts.press(at))).toEqual(want)
  })
})

describe('Tail', () => {
  it('keeps the last lines, each cut to 500 characters, of pieces as they come', () => {
    const tail = new Tail()
    const splitter = new Splitter((line) => tail.add(line))
    for (let i = 0; i < 100; i++) splitter.push(`line ${i}\nli`)
    splitter.push(`${'x'.repeat(300)}${'y'.repeat(300)}`)
    splitter.push('z\nlast')
    splitter.end()
    expect(tail.lines).toHaveLength(30)
    expect(tail.lines.slice(-3)).toEqual(['liline 99', `li${'x'.repeat(300)}${'y'.repeat(198)}`, 'last'])
  })
})
