import type { Client } from './client.ts'
import type { Sight } from './style.ts'
import type { Tally } from './tally.ts'

type Phase = Sight['phase']

/** The tables, as far as the players of this process can see them: a little behind, as across a room. */
export class Floor {
  readonly #client: Client
  readonly #tally: Tally
  readonly #phases = new Map<string, Phase | undefined>()

  constructor(client: Client, tally: Tally) {
    this.#client = client
    this.#tally = tally
  }

  get tableIds(): readonly string[] {
    return [...this.#phases.keys()]
  }

  phaseAt(tableId: string): Phase | undefined {
    return this.#phases.get(tableId)
  }

  /** Learns which tables there are; false when there is no telling yet. */
  async open(): Promise<boolean> {
    const reply = await this.#client.send({ method: 'GET', path: '/tables' })
    this.#tally.answered('reading the tables', reply, [200, 503])
    if (reply.kind === 'failed' || reply.status !== 200) return false
    for (const tableId of readTableIds(reply.body)) this.#phases.set(tableId, undefined)
    await Promise.all(this.tableIds.map((tableId) => this.look(tableId)))
    return this.#phases.size > 0
  }

  async look(tableId: string): Promise<void> {
    const reply = await this.#client.send({ method: 'GET', path: `/tables/${tableId}` })
    this.#tally.answered('reading a table', reply, [200, 503])
    if (reply.kind === 'answer' && reply.status === 200) this.#phases.set(tableId, readPhase(reply.body))
  }

  /** An event of a table's topic: a roll changes what can be bet on. */
  async notice(event: Readonly<Record<string, unknown>>): Promise<void> {
    const { topic, type } = event
    if (type !== 'roll' || typeof topic !== 'string') return
    const tableId = topic.slice('table:'.length)
    if (!this.#phases.has(tableId)) return
    const phase = readPhase(event)
    if (phase === undefined) await this.look(tableId)
    else this.#phases.set(tableId, phase)
  }
}

/** Named, or told by the point: null in the come-out. */
function readPhase({ phase, point }: Readonly<Record<string, unknown>>): Phase | undefined {
  if (phase === 'come-out' || phase === 'point') return phase
  if (point === null) return 'come-out'
  return typeof point === 'number' ? 'point' : undefined
}

/** Tables are listed by their ids, or as objects that have one. */
function readTableIds(body: Readonly<Record<string, unknown>>): readonly string[] {
  const tables = body['tables']
  if (!Array.isArray(tables)) return []
  return tables
    .map((each: unknown) => (typeof each === 'object' && each !== null && 'tableId' in each ? each.tableId : each))
    .filter((id) => typeof id === 'string')
}
