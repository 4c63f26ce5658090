import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Craps, total } from './support/craps.ts'
import { root } from './support/peer.ts'

interface Placed {
  readonly status: number
  readonly betId: string
  readonly error?: string
  readonly reason?: string
}

/** A player over the gateway's public door. */
class Player {
  readonly #gateway: string
  readonly #headers: Readonly<Record<string, string>>

  private constructor(gateway: string, token: string) {
    this.#gateway = gateway
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  }

  static async join(gateway: string): Promise<Player> {
    const response = await fetch(`${gateway}/players`, { method: 'POST' })
    const { token } = (await response.json()) as { token: string }
    return new Player(gateway, token)
  }

  async bet(bet: object, table = 'T1'): Promise<Placed> {
    const response = await fetch(`${this.#gateway}/tables/${table}/bets`, {
      method: 'POST',
      headers: this.#headers,
      body: JSON.stringify(bet),
    })
    return { status: response.status, ...((await response.json()) as Omit<Placed, 'status'>) }
  }

  async me(): Promise<{ balance: number; openBets: number }> {
    const response = await fetch(`${this.#gateway}/players/me`, { headers: this.#headers })
    return (await response.json()) as { balance: number; openBets: number }
  }
}

async function proofOf(gateway: string, betId: string): Promise<object | undefined> {
  const response = await fetch(`${gateway}/bets/${betId}/proof`)
  return response.ok ? ((await response.json()) as object) : undefined
}

async function proofs(gateway: string, betIds: readonly string[]): Promise<number> {
  const found = await Promise.all(betIds.map((betId) => proofOf(gateway, betId)))
  return found.filter((proof) => proof !== undefined).length
}

const FIELD = { kind: 'field', amount: 10 }
const WITHIN = { timeout: 15_000, interval: 100 }

describe('journey: bet', () => {
  let craps: Craps | undefined
  afterEach(async () => {
    await craps?.stop()
    craps = undefined
  })

  it('from a player to a proof that needs no trust, with its roll counted and its event fanned out (G3, G4)', async () => {
    craps = await Craps.start(['--duration', '60s', '--players', '0'])
    const { gateway } = craps.addresses
    const player = await Player.join(gateway)

    const events: { topic?: string; type?: string; ts?: number; betIds?: string[] }[] = []
    const socket = new WebSocket(`${gateway.replace('http', 'ws')}/ws`)
    socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString()) as (typeof events)[number]))
    await once(socket, 'open')
    for (const topic of ['table:T1', 'proofs']) socket.send(JSON.stringify({ op: 'subscribe', topic }))
    await expect.poll(() => events.length, WITHIN).toBe(2)

    const { status, betId } = await player.bet(FIELD)
    expect(status).toBe(202)
    await expect.poll(async () => proofOf(gateway, betId), WITHIN).toBeDefined()
    await expect.poll(async () => (await player.me()).openBets, WITHIN).toBe(0)
    const proof = await proofOf(gateway, betId)

    const { keys } = (await (await fetch(`${gateway}/validators`)).json()) as { keys: object }
    const folder = await mkdtemp(path.join(tmpdir(), 'boxman-proof-'))
    const keysFile = path.join(folder, 'keys.json')
    await writeFile(keysFile, JSON.stringify(keys))
    const verify = (judged: object): number | null =>
      spawnSync(process.execPath, [path.join(root, 'apps/craps-gateway/dist/verify-proof.js'), '--keys', keysFile], {
        input: JSON.stringify(judged),
      }).status
    expect(verify(proof ?? {})).toBe(0)
    const { bet } = proof as { bet: object }
    expect(verify({ ...proof, bet: { ...bet, amount: 1000 } })).toBe(1)
    await rm(folder, { recursive: true })

    await expect
      .poll(() => events.map(({ type }) => type), WITHIN)
      .toEqual(expect.arrayContaining(['bet', 'roll', 'settled', 'proof']))
    expect(events.find(({ type }) => type === 'proof')?.betIds).toEqual([betId])
    for (const { type, ts } of events)
      expect(type === undefined || Math.abs(Date.now() - (ts ?? 0)) < 60_000).toBe(true)

    const page = await craps.page()
    expect(total(page, 'bitcraps_gateway_ingress_to_proof_ms_count')).toBe(1)
    expect(total(page, 'bitcraps_dice_rolls_total')).toBeGreaterThanOrEqual(1)
    expect(total(page, 'bitcraps_consensus_proposals_accepted_total')).toBe(total(page, 'bitcraps_dice_rolls_total'))
    expect(total(page, 'bitcraps_gateway_ws_broadcast_latency_ms_count')).toBeGreaterThanOrEqual(4)
    expect(total(page, 'bitcraps_gateway_ws_subscribers')).toBe(2)
    socket.terminate()
    await expect.poll(async () => total(await (craps?.page() ?? ''), 'bitcraps_gateway_ws_subscribers'), WITHIN).toBe(0)
  })

  it('bets accepted = proofs that can be fetched = the counter, whatever else is asked', async () => {
    craps = await Craps.start(['--duration', '60s', '--players', '0'])
    const { gateway } = craps.addresses
    const player = await Player.join(gateway)
    const wishes = [
      FIELD,
      { kind: 'pass', amount: 20 },
      { kind: 'come', amount: 20 },
      { kind: 'place', amount: 12, number: 6 },
    ]
    const bad = [
      { kind: 'field', amount: -1 },
      { kind: 'field', amount: 1.5 },
      { kind: 'horn', amount: 5 },
      { amount: 5 },
    ]
    const accepted: string[] = []
    for (let i = 0; i < 200; i++) {
      const table = `T${(i % 3) + 1}`
      const { status, betId } = await player.bet((i % 5 === 0 ? bad : wishes)[i % 4] ?? FIELD, table)
      expect(i % 5 === 0 ? [400] : [202, 409]).toContain(status)
      if (status === 202) accepted.push(betId)
    }
    expect(accepted.length).toBeGreaterThan(80)
    await expect.poll(async () => proofs(gateway, accepted), WITHIN).toBe(accepted.length)
    const page = await craps.page()
    expect(total(page, 'bitcraps_bets_total')).toBe(accepted.length)
    expect(total(page, 'bitcraps_gateway_ingress_to_proof_ms_count')).toBe(accepted.length)
    expect(total(page, 'bitcraps_errors_total')).toBeGreaterThanOrEqual(40)
  })

  it('goes on with three validators; with two refuses bets with 503 and loses none', async () => {
    craps = await Craps.start(['--duration', '90s', '--players', '20'])
    const { gateway, pids } = craps.addresses
    const player = await Player.join(gateway)
    const [first = 0, second = 0] = Object.entries(pids).flatMap(([name, pid]) => (/^v\d$/.test(name) ? [pid] : []))
    const accepted: string[] = []
    const place = async (): Promise<Placed> => {
      const placed = await player.bet(FIELD)
      if (placed.status === 202) accepted.push(placed.betId)
      return placed
    }

    process.kill(first, 'SIGKILL')
    const before = total(await craps.page(), 'bitcraps_consensus_proposals_accepted_total')
    for (let i = 0; i < 10; i++) expect((await place()).status).toBe(202)
    await expect.poll(async () => proofs(gateway, accepted), WITHIN).toBe(10)
    const page = await craps.page()
    expect(total(page, 'bitcraps_consensus_proposals_accepted_total')).toBeGreaterThan(before)
    expect(page).toMatch(/bitcraps_errors_total\{category="network",severity="warning"\} [1-9]/)

    process.kill(second, 'SIGSTOP') // no answer, as of a machine that is gone; and it can come back
    await expect.poll(async () => (await place()).status, WITHIN).toBe(503)
    const refused = await place()
    expect(refused).toMatchObject({
      status: 503,
      error: 'no-quorum',
      reason: expect.stringMatching(/three validators/),
    })
    expect((await fetch(`${craps.addresses.admin}/ready`)).status).toBe(503)
    expect((await fetch(`${craps.addresses.admin}/health`)).status).toBe(200)
    expect(await craps.page()).toMatch(/bitcraps_errors_total\{category="consensus",severity="critical"\} [1-9]/)

    process.kill(second, 'SIGCONT')
    await expect.poll(async () => proofs(gateway, accepted), WITHIN).toBe(accepted.length)
    await expect.poll(async () => (await place()).status, WITHIN).toBe(202)
  })
})
