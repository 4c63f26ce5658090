import { pick, type Random } from './random.ts'

/** A request that a gateway must refuse. */
export interface Mischief {
  readonly name: string
  readonly path: string
  readonly body: string
  readonly hasToken: boolean
  /** The answers that are right. */
  readonly wants: readonly number[]
}

/** Just above the megabyte that HTTP frameworks take by default. */
const HUGE = `{"kind":"field","amount":5,"note":"${'x'.repeat(1_100_000)}"}`

/** All of them, at the table. */
export function mischiefAt(tableId: string): readonly Mischief[] {
  const path = `/tables/${tableId}/bets`
  const bad = (name: string, body: unknown, more: Partial<Mischief> = {}): Mischief => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return { name, path, body: text, hasToken: true, wants: [400], ...more }
  }
  return [
    bad('negative amount', { kind: 'field', amount: -50 }),
    bad('no amount', { kind: 'field' }),
    bad('a fraction', { kind: 'field', amount: 12.5 }),
    bad('an amount in words', { kind: 'field', amount: '50' }),
    // No one has so much, either.
    bad('beyond safe integers', '{"kind":"field","amount":1e300}', { wants: [400, 402] }),
    bad('unknown kind', { kind: 'roulette', amount: 50 }),
    bad('a number that cannot be', { kind: 'place', amount: 60, number: 7 }),
    bad('unknown table', { kind: 'field', amount: 50 }, { path: '/tables/nowhere/bets', wants: [404] }),
    bad('malformed JSON', '{"kind":"field","amount":'),
    bad('no JSON object', '[]'),
    bad('no token', { kind: 'field', amount: 50 }, { hasToken: false, wants: [401] }),
    bad('a huge body', HUGE, { wants: [413] }),
  ]
}

export function anyMischief(tableId: string, random: Random): Mischief {
  return pick(mischiefAt(tableId), random)
}
