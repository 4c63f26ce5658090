import { afterEach, describe, expect, it } from 'vitest'
import { serve } from '../../../../test/support/serve.ts'
import { Client } from './client.ts'
import { Floor } from './floor.ts'
import { type Habits, Player } from './player.ts'
import type { Verify } from './proofs.ts'
import { seeded } from './random.ts'
import { MARTINGALE, type Style, STYLES } from './style.ts'
import { type PlayersStats, Tally } from './tally.ts'

const closings: (() => void)[] = []

afterEach(() => {
  for (const close of closings.splice(0)) close()
})

type Script = Readonly<Record<string, readonly (readonly [status: number, body: object])[]>>

const WELCOME = { 'POST /players': [[201, { playerId: 'p1', token: 'secret' }]] } as const
const TABLE = { 'GET /tables/T1': [[200, { tableId: 'T1', phase: 'come-out' }]] } as const
const TAKEN = [202, { betId: 'b1', tableId: 'T1', receivedAt: 0 }] as const
const QUIET: Habits = { badRequests: 0, hangUps: 0, looks: 0, proofs: 0 }
const sound: Verify = () => ({ ok: true })

const [PASS_LINER = MARTINGALE] = STYLES

interface Seat {
  readonly player: Player
  readonly asked: readonly string[]
  readonly stats: () => Partial<PlayersStats>
}

/** A player at a house that answers by a script; each route's last line is repeated. */
async function seat(
  script: Script,
  {
    style = MARTINGALE,
    habits = {},
    verify = sound,
  }: { style?: Style; habits?: Partial<Habits>; verify?: Verify } = {},
): Promise<Seat> {
  const asked: string[] = []
  const lines = new Map(Object.entries({ ...WELCOME, ...TABLE, ...script }).map(([route, each]) => [route, [...each]]))
  const { url, close } = await serve((req, res) => {
    let body = ''
    req.on('error', () => {})
    req.on('data', (chunk) => (body += String(chunk)))
    req.on('end', () => {
      const route = `${req.method} ${req.url}`
      asked.push(body.length > 100 ? route : `${route} ${body}`.trim())
      const answers = lines.get(route) ?? [[404, { error: 'not-found' }] as const]
      const [status, answer] = (answers.length > 1 ? answers.shift() : answers[0]) ?? [500, {}]
      res.writeHead(status).end(JSON.stringify(answer))
    })
  })
  const tally = new Tally()
  const client = new Client({ gateway: url, maxSockets: 2, timeoutMs: 5000 })
  closings.push(() => client.close(), close)
  const floor = new Floor(client, tally)
  await floor.look('T1')
  asked.length = 0
  const house = { client, floor, tally, verify, validators: { quorum: 3, keys: {} }, habits: { ...QUIET, ...habits } }
  const player = new Player({ name: 'ann', tableId: 'T1', style, random: seeded(1), house })
  return { player, asked, stats: () => tally.stats(1) }
}

async function turns(player: Player, count: number): Promise<readonly string[]> {
  const paces: string[] = []
  for (let i = 0; i < count; i++) paces.push(await player.turn())
  return paces
}

describe('Player', () => {
  it('registers, bets, follows the bet to its end, and doubles after a loss', async () => {
    const { player, asked, stats } = await seat({
      'POST /tables/T1/bets': [TAKEN],
      'GET /bets/b1': [
        [200, { status: 'open' }],
        [200, { status: 'settled', outcome: 'lose' }],
      ],
    })
    expect(await turns(player, 5)).toEqual(['soon', 'soon', 'soon', 'steady', 'soon'])
    expect(asked).toEqual([
      'POST /players {"name":"ann"}',
      'POST /tables/T1/bets {"kind":"field","amount":10}',
      'GET /bets/b1',
      'GET /bets/b1',
      'POST /tables/T1/bets {"kind":"field","amount":20}',
    ])
    expect(stats()).toMatchObject({ registered: 1, accepted: 2, refused: {}, unexpected: 0 })
  })

  it.each([
    ['no quorum', 503, 'backs-off', { failed: 0, unexpected: 0 }],
    ['too many', 429, 'backs-off', { failed: 0, unexpected: 0 }],
    ['a wrong phase', 409, 'soon', { failed: 0, unexpected: 0 }],
    ['a fault', 500, 'backs-off', { failed: 0, unexpected: 1 }],
    ['a refusal of a good bet', 400, 'steady', { failed: 0, unexpected: 1 }],
  ] as const)('after %s (%d): %s', async (_, status, pace, want) => {
    const { player, stats } = await seat({ 'POST /tables/T1/bets': [[status, { error: 'x', reason: 'X.' }]] })
    expect(await turns(player, 2)).toEqual(['soon', pace])
    expect(stats()).toMatchObject({ accepted: 0, refused: { [status]: 1 }, ...want })
  })

  it('registers anew when unknown, and when everything is lost', async () => {
    const { player, asked, stats } = await seat({
      'POST /tables/T1/bets': [[401, {}], [402, {}], [402, {}], TAKEN],
      'GET /players/me': [
        [200, { balance: 3, openBets: 1 }],
        [200, { balance: 3, openBets: 0 }],
      ],
    })
    await turns(player, 7)
    expect(asked.map((each) => each.split(' {')[0])).toEqual([
      'POST /players',
      'POST /tables/T1/bets',
      'POST /players',
      'POST /tables/T1/bets',
      'GET /players/me',
      'POST /tables/T1/bets',
      'GET /players/me',
      'POST /players',
      'POST /tables/T1/bets',
    ])
    expect(stats()).toMatchObject({ registered: 3, accepted: 1, refused: { 401: 1, 402: 2 }, unexpected: 0 })
  })

  it('lays odds behind a bet that is on the table, once, and not before', async () => {
    const { player, asked } = await seat(
      {
        'POST /tables/T1/bets': [TAKEN],
        'GET /bets/b1': [
          [200, { status: 'pending' }],
          [200, { status: 'open' }],
        ],
      },
      {
        style: {
          ...PASS_LINER,
          next: (sight, random) => PASS_LINER.next({ ...sight, phase: phases.shift() ?? 'point' }, random),
        },
      },
    )
    const phases: ('come-out' | 'point')[] = ['come-out']
    expect(await turns(player, 5)).toEqual(['soon', 'soon', 'soon', 'steady', 'soon'])
    const [, bet = '', pending, open, odds = '', ...rest] = asked
    expect([pending, open, ...rest]).toEqual(['GET /bets/b1', 'GET /bets/b1', 'GET /bets/b1'])
    const amountIn = (text: string): number => Number(/"amount":(\d+)/.exec(text)?.[1])
    expect(bet).toMatch(/"kind":"pass"/)
    expect(odds).toMatch(/"kind":"pass-odds"/)
    expect(amountIn(odds)).toBe(2 * amountIn(bet))
  })

  it('waits for the come-out without asking anything', async () => {
    const { player, asked } = await seat(
      { 'GET /tables/T1': [[200, { tableId: 'T1', phase: 'point', point: 6 }]] },
      { style: PASS_LINER },
    )
    expect(await turns(player, 3)).toEqual(['soon', 'soon', 'soon'])
    expect(asked).toEqual(['POST /players {"name":"ann"}'])
  })

  const mine = { betId: 'b1', playerId: 'p1', tableId: 'T1', kind: 'field', amount: 10 }
  const unsound: Verify = () => ({ ok: false, reason: 'bad-path', detail: 'not in the tree' })

  it.each([
    ['a sound proof', sound, [200, { bet: mine }], { proofsVerified: 1, proofsFailed: 0, complaints: [] }],
    [
      'another stake',
      sound,
      [200, { bet: { ...mine, amount: 5 } }],
      { proofsFailed: 1, complaints: [expect.stringContaining('the proof of b1: another bet')] },
    ],
    [
      'an unsound proof',
      unsound,
      [200, { bet: mine }],
      { proofsFailed: 1, complaints: ['the proof of b1: bad-path: not in the tree'] },
    ],
    ['a bet that is lost', sound, [404, { error: 'unknown-bet' }], { proofsVerified: 0, proofsFailed: 1 }],
  ] as const)('checks the proof of its bet: %s', async (_, verify, answer, want) => {
    const script: Script = {
      'POST /tables/T1/bets': [TAKEN],
      'GET /bets/b1/proof': [[404, { error: 'proof-pending' }], answer],
    }
    const { player, stats } = await seat(script, { habits: { proofs: 1 }, verify })
    await turns(player, 3)
    expect(stats()).toMatchObject({ accepted: 1, proofsVerified: 0, proofsFailed: 0 })
    await player.turn()
    expect(stats()).toMatchObject(want)
  })

  it('gives a proof up that never comes', async () => {
    const script: Script = {
      'POST /tables/T1/bets': [TAKEN],
      'GET /bets/b1/proof': [[404, { error: 'proof-pending' }]],
    }
    const { player, stats } = await seat(script, { habits: { proofs: 1 } })
    await turns(player, 22)
    expect(stats()).toMatchObject({ proofsLate: 1, proofsVerified: 0, proofsFailed: 0 })
  })

  it('complains of a gateway that takes a bad request, and of no other', async () => {
    const script: Script = { 'POST /tables/T1/bets': [TAKEN], 'POST /tables/nowhere/bets': [[404, {}]] }
    const { player, stats } = await seat(script, { style: PASS_LINER, habits: { badRequests: 1 } })
    await turns(player, 40)
    const { unexpected = 0, refused, complaints = [] } = stats()
    expect(unexpected + (refused?.['404'] ?? 0)).toBe(39)
    expect(refused?.['404']).toBeGreaterThan(0)
    expect(complaints[0]).toMatch(/^a bad request \(.+\): HTTP 202 /)
  })

  it('hangs up, both ways', async () => {
    const { player, asked, stats } = await seat({}, { style: PASS_LINER, habits: { hangUps: 1 } })
    await turns(player, 9)
    expect(stats()).toMatchObject({ aborted: 8, accepted: 0, failed: 0 })
    expect(asked.length).toBeLessThan(9)
  })
})
