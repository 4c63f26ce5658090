import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import {
  commitmentTo,
  generateKeys,
  GENESIS_HASH,
  leafOf,
  MerkleTree,
  proofOf,
  proposalHash,
  readPrivateKey,
  rollDice,
  signHash,
  verifyProof,
} from './index.ts'
import type { BetProof, BetRecord, Proposal, Round } from './index.ts'

const validators = new Map(['v1', 'v2', 'v3', 'v4'].map((name) => [name, generateKeys()]))
const keys = Object.fromEntries(Array.from(validators, ([name, { publicKey }]) => [name, publicKey]))
const stranger = generateKeys()

const bets: readonly BetRecord[] = Array.from({ length: 5 }, (_, i) => ({
  betId: `b${i}`,
  playerId: 'p1',
  tableId: 'T1',
  kind: i === 0 ? 'pass' : 'place',
  amount: 100 + i,
  ...(i > 0 && { number: 6 }),
}))
const tree = new MerkleTree(bets.map(leafOf))
const round: Round = {
  tableId: 'T1',
  height: 7,
  attempt: 1,
  previousHash: GENESIS_HASH,
  betsRoot: tree.root,
  betsCount: tree.size,
}
const reveals = ['gateway', 'v1', 'v2', 'v3'].map((party, i) => ({ party, secret: `${i}`.repeat(64) }))

function draw(parties: readonly { party: string; secret: string }[], over: Round = round): Proposal {
  const commitments = parties.map(({ party, secret }) => ({ party, commitment: commitmentTo(over, party, secret) }))
  return { ...over, commitments, reveals: parties, dice: rollDice(over, parties), ts: 1_000 }
}

function signed(proposal: Proposal, names: readonly string[]): BetProof {
  const hash = proposalHash(proposal)
  const signatures = names.map((name) => ({
    validator: name,
    signature: signHash(hash, readPrivateKey((validators.get(name) ?? stranger).privateKey)),
  }))
  return proofOf({ certificate: { proposal, signatures }, tree }, bet, 2)
}

const [
  ,
  ,
  bet = ((): never => {
    throw new Error('BUG: no such bet')
  })(),
] = bets
const proposal = draw(reveals)
const good = signed(proposal, ['v1', 'v2', 'v4'])
const full = signed(draw([...reveals, { party: 'v4', secret: '4'.repeat(64) }]), ['v1', 'v2', 'v3'])
const [first, second, third] = good.signatures
const fewer = reveals.slice(0, -1)
const without: Proposal = { ...proposal, reveals: fewer, dice: rollDice(round, fewer) }
const other = 'f'.repeat(64)

/** Whoever forges, forges well: all else is signed by everyone, so that only the one thing is wrong. */
const all = ['v1', 'v2', 'v3', 'v4']

describe('verifyProof', () => {
  it.each(bets.map((each, index) => [index, each] as const))('accepts the proof of bet %i', (index, each) => {
    const { proposal, signatures } = good
    expect(verifyProof(proofOf({ certificate: { proposal, signatures }, tree }, each, index), keys)).toEqual({
      ok: true,
    })
  })

  it('accepts what has been through JSON, and four signatures', () => {
    expect(verifyProof(JSON.parse(JSON.stringify(signed(proposal, all))), keys)).toEqual({ ok: true })
  })

  it.each<[string, unknown, string]>([
    ['a larger bet', { ...good, bet: { ...bet, amount: bet.amount + 1 } }, 'bad-path'],
    ['another player', { ...good, bet: { ...bet, playerId: 'p2' } }, 'bad-path'],
    ['a bet without its number', { ...good, bet: { ...bets[0], betId: bet.betId } }, 'bad-path'],
    ['a bet of another table', { ...good, bet: { ...bet, tableId: 'T2' } }, 'wrong-table'],
    ['another place', { ...good, leafIndex: 3 }, 'bad-path'],
    ['a place beyond the batch', { ...good, leafIndex: 5 }, 'bad-path'],
    ['a changed path', { ...good, path: [other, ...good.path.slice(1)] }, 'bad-path'],
    ['a shorter path', { ...good, path: good.path.slice(1) }, 'bad-path'],
    ['another root', { ...good, proposal: { ...proposal, betsRoot: other } }, 'bad-path'],
    ['another size', { ...good, proposal: { ...proposal, betsCount: 4 } }, 'bad-path'],
    [
      'other dice',
      { ...good, proposal: { ...proposal, dice: proposal.dice.map((face) => (face % 6) + 1) } },
      'bad-dice',
    ],
    ['other dice, signed by all', signed({ ...proposal, dice: [(proposal.dice[0] % 6) + 1, 1] }, all), 'bad-dice'],
    ['another height', { ...good, proposal: { ...proposal, height: 8 } }, 'bad-reveal'],
    ['another attempt', { ...good, proposal: { ...proposal, attempt: 2 } }, 'bad-reveal'],
    ['another predecessor', { ...good, proposal: { ...proposal, previousHash: other } }, 'bad-reveal'],
    ['another time', { ...good, proposal: { ...proposal, ts: 1_001 } }, 'bad-signature'],
    [
      'another secret',
      signed({ ...proposal, reveals: reveals.with(1, { party: 'v1', secret: other }) }, all),
      'bad-reveal',
    ],
    ['a missing secret', signed({ ...proposal, reveals: reveals.slice(1) }, all), 'bad-reveal'],
    ['the last secret left out of the draw', signed(without, all), 'bad-reveal'],
    ['secrets in another order', signed({ ...proposal, reveals: reveals.toReversed() }, all), 'bad-reveal'],
    ['two validators drawing', signed(draw(reveals.slice(0, 3)), all), 'bad-list'],
    ['no gateway drawing', signed(draw([...reveals.slice(1), { party: 'v4', secret: other }]), all), 'bad-list'],
    ['a stranger drawing', signed(draw([...reveals, { party: 'x1', secret: other }]), all), 'bad-list'],
    ['one party drawing twice', signed(draw([...reveals, { party: 'v3', secret: other }]), all), 'bad-list'],
    ['parties out of order', signed(draw(reveals.toReversed()), all), 'bad-list'],
    ['two signatures', { ...good, signatures: [first, second] }, 'no-quorum'],
    ['no signature', { ...good, signatures: [] }, 'no-quorum'],
    ['one signature three times', { ...good, signatures: [first, first, first] }, 'duplicate-signature'],
    ['a repeated signature among enough', { ...good, signatures: [...good.signatures, first] }, 'duplicate-signature'],
    ['a signature of a stranger', signed(proposal, ['v1', 'v2', 'x1']), 'unknown-validator'],
    ['a stranger among enough', signed(proposal, [...all, 'x1']), 'unknown-validator'],
    [
      'signatures under each other',
      { ...good, signatures: [{ ...first, validator: 'v2' }, { ...second, validator: 'v1' }, third] },
      'bad-signature',
    ],
    [
      'a changed signature',
      { ...good, signatures: [first, second, { ...third, signature: '0'.repeat(128) }] },
      'bad-signature',
    ],
    [
      'signatures of another roll',
      { ...good, signatures: signed({ ...proposal, ts: 2 }, all).signatures },
      'bad-signature',
    ],
    ['nothing', undefined, 'malformed'],
    ['a list', [good], 'malformed'],
    ['one member too many', { ...good, note: 'trust me' }, 'malformed'],
    ['one member too many in the roll', { ...good, proposal: { ...proposal, note: 'x' } }, 'malformed'],
    ['a missing member', { ...good, path: undefined }, 'malformed'],
    ['a fraction', { ...good, bet: { ...bet, amount: 0.5 } }, 'malformed'],
    ['minus zero', { ...good, leafIndex: -0 }, 'malformed'],
    ['a number as text', { ...good, leafIndex: '2' }, 'malformed'],
    ['three dice', { ...good, proposal: { ...proposal, dice: [1, 2, 3] } }, 'malformed'],
    ['a seven', { ...good, proposal: { ...proposal, dice: [7, 1] } }, 'malformed'],
    ['a hash in capitals', { ...good, proposal: { ...proposal, previousHash: 'F'.repeat(64) } }, 'malformed'],
  ])('refuses %s', (_name, proof, reason) => {
    expect(verifyProof(proof, keys)).toMatchObject({ ok: false, reason })
  })

  it('takes no name of the language for a validator', () => {
    const forged = { ...good, signatures: [first, second, { ...third, validator: 'constructor' }] }
    expect(verifyProof(forged, keys)).toMatchObject({ ok: false, reason: 'unknown-validator' })
  })

  it('asks for the quorum that it is told', () => {
    expect(verifyProof(full, keys, 3)).toEqual({ ok: true })
    expect(verifyProof(full, keys, 4)).toMatchObject({ ok: false, reason: 'no-quorum' })
  })

  it.each<[string, Record<string, string>, number, string]>([
    ['a short key', { v1: 'AAAA' }, 3, 'validator "v1": public key'],
    ['the name of the gateway', { gateway: stranger.publicKey }, 3, 'validator "gateway"'],
    ['a name that is none', { 'V 1': stranger.publicKey }, 3, 'validator "V 1"'],
    ['no quorum', keys, 0, 'quorum: 0'],
    ['a quorum that is no number', keys, NaN, 'quorum: NaN'],
  ])('throws on %s', (_name, unfit, quorum, message) => {
    expect(() => verifyProof(good, unfit, quorum)).toThrow(message)
  })
})

describe('verify-proof', () => {
  const folder = mkdtempSync(join(tmpdir(), 'verify-proof-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (name: string, content: unknown): string => {
    const file = join(folder, name)
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))
    return file
  }
  const keysFile = write('keys.json', keys)
  const run = (args: readonly string[], input = '') => {
    const program = fileURLToPath(new URL('../../dist/verify-proof.js', import.meta.url))
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8' })
    return { status, text: stdout + stderr }
  }
  const inFile = write('good.json', good)
  const forged = write('forged.json', { ...good, bet: { ...bet, amount: 1_000_000 } })

  it.each<[string, readonly string[], string, number, string]>([
    ['a good proof in a file', [inFile, '--keys', keysFile], '', 0, 'valid: '],
    ['a good proof on standard input', ['--keys', keysFile], JSON.stringify(good), 0, 'valid: '],
    ['a forged one', [forged, '--keys', keysFile], '', 1, 'invalid: bad-path: '],
    [
      'too few signatures',
      [write('full.json', full), '--keys', keysFile, '--quorum', '4'],
      '',
      1,
      'invalid: no-quorum: ',
    ],
    ['no JSON', ['--keys', keysFile], 'hello', 1, 'invalid: malformed: '],
    ['no keys', [inFile], '', 2, '--keys is missing'],
    ['no such file', [join(folder, 'none.json'), '--keys', keysFile], '', 2, 'ENOENT'],
    ['unfit keys', [inFile, '--keys', write('bad.json', { v1: 'x' })], '', 2, 'validator "v1"'],
    ['an unknown option', [inFile, '--kees', keysFile], '', 2, '--kees'],
  ])('judges %s', (_name, args, input, status, text) => {
    const done = run(args, input)
    expect(done.text).toContain(text)
    expect(done.status).toBe(status)
  })
})
