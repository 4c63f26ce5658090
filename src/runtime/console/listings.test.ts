import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask } from '../../../test/support/ask.ts'
import { type Boxman, createBoxman } from '../boxman.ts'
import { casino } from '../../packs/index.ts'
import type { ListingAnswer } from './listings.ts'

let boxman: Boxman
beforeEach(async () => {
  boxman = await createBoxman(
    { service: 'craps', admin: { port: 0 }, store: { enabled: false } },
    { env: {}, logDestination: { write: () => undefined } },
  )
})
afterEach(() => boxman.stop())

const get = (path: string): ReturnType<typeof ask> => ask(`${boxman.admin.url}/api/console/listings/${path}`)

describe('the listings of packs', () => {
  it('players come by what they wager, or by how suspicious they are; of many only the first', async () => {
    const { gaming } = boxman.use(casino())
    for (const [playerId, amount] of [
      ['ann', 5],
      ['bob', 20],
      ['cy', 10],
    ] as const)
      gaming.betPlaced({ playerId, amount, at: 0 })
    gaming.betSettled({ playerId: 'bob', stake: 20, payout: 40, at: 1 })
    const { status, text } = await get('players?limit=2')
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as the console reads it
    const { rows, total, order, orders, columns } = JSON.parse(text) as ListingAnswer
    expect([status, total, order, orders.map(({ id }) => id)]).toEqual([200, 3, 'wagered', ['wagered', 'suspicion']])
    expect(rows).toEqual([
      { player: 'bob', bets: 1, games: 1, wagered: 20, won: 40, winRate: 1, suspicion: 0, reasons: '' },
      { player: 'cy', bets: 1, games: 0, wagered: 10, won: 0, suspicion: 0, reasons: '' },
    ])
    expect(Object.keys(rows[0] ?? {})).toEqual(columns.map(({ key }) => key))
  })

  it.each([
    ['dealers', 404, 'no listing is called "dealers"; there is players'],
    ['players?order=luck', 400, 'order "luck": it is one of wagered, suspicion'],
    ['players?limit=0', 400, 'limit "0": it is a whole number from 1 to 500'],
    ['players?limit=501', 400, 'limit "501": it is a whole number from 1 to 500'],
    ['players?limit=x', 400, 'limit "x": it is a whole number from 1 to 500'],
  ])('%s is refused', async (path, status, error) => {
    boxman.use(casino())
    const answer = await get(path)
    expect([answer.status, answer.text]).toEqual([status, `${JSON.stringify({ status: 'error', errors: [error] })}\n`])
  })

  it('a service without packs has none', async () => {
    const { status, text } = await get('players')
    expect([status, text]).toEqual([404, expect.stringContaining('no listing is called \\"players\\"; there is none')])
  })
})
