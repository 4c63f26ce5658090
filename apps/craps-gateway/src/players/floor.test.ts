import { afterEach, expect, it } from 'vitest'
import { serve } from '../../../../test/support/serve.ts'
import { Client } from './client.ts'
import { Floor } from './floor.ts'
import { Tally } from './tally.ts'

const closings: (() => void)[] = []

afterEach(() => {
  for (const close of closings.splice(0)) close()
})

async function floorOf(answers: Readonly<Record<string, object>>): Promise<Floor> {
  const { url, close } = await serve((req, res) => {
    const answer = answers[req.url ?? '']
    res.writeHead(answer === undefined ? 503 : 200).end(JSON.stringify(answer ?? {}))
  })
  const client = new Client({ gateway: url, maxSockets: 2, timeoutMs: 5000 })
  closings.push(() => client.close(), close)
  return new Floor(client, new Tally())
}

const TWO = { '/tables/T1': { phase: 'come-out' }, '/tables/T2': { phase: 'point', point: 6 } }

it.each([
  ['ids', ['T1', 'T2']],
  ['objects', [{ tableId: 'T1' }, { tableId: 'T2', phase: 'point' }]],
])('learns of the tables from a list of %s', async (_, tables) => {
  const floor = await floorOf({ ...TWO, '/tables': { tables } })
  expect(await floor.open()).toBe(true)
  expect(floor.tableIds.map((id) => [id, floor.phaseAt(id)])).toEqual([
    ['T1', 'come-out'],
    ['T2', 'point'],
  ])
})

it.each([
  ['nothing', {}],
  ['no tables', { '/tables': { tables: [] } }],
  ['no list', { '/tables': { tables: 'T1' } }],
])('does not open on %s', async (_, answers) => {
  const floor = await floorOf(answers)
  expect(await floor.open()).toBe(false)
})

it.each([
  [{ type: 'roll', phase: 'point' }, 'point'],
  [{ type: 'roll', point: 8 }, 'point'],
  [{ type: 'roll', phase: 'come-out', point: null }, 'come-out'],
  [{ type: 'roll', point: null }, 'come-out'],
  [{ type: 'roll' }, 'come-out'], // asks the table
  [{ type: 'bet', phase: 'come-out' }, undefined],
  [{ type: 'roll', topic: 'table:T9', phase: 'point' }, undefined],
])('an event %j: %s', async (event, want) => {
  const answers: Record<string, object> = { '/tables': { tables: ['T1'] } }
  const floor = await floorOf(answers)
  await floor.open()
  answers['/tables/T1'] = { phase: 'come-out' }
  await floor.notice({ topic: 'table:T1', ...event })
  expect(floor.phaseAt('T1')).toBe(want)
  expect(floor.phaseAt('T9')).toBeUndefined()
})
