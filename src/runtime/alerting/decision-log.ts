import path from 'node:path'
import type { Decision } from '../../alerting/index.ts'
import type { Files, OpenFile } from '../../tsdb/index.ts'
import type { DecisionSearch } from './door.ts'

export interface DecisionLogOptions {
  /** None: in memory alone. */
  readonly folder: string | undefined
  readonly files: Files
  /** Told of a disk that does not take them. */
  readonly onFault: (error: unknown) => void
  /** How many can be searched. Default 20 000. */
  readonly most?: number
  /** Of a file; there are two of them. Default 8 MB. */
  readonly fileBytes?: number
}

const CURRENT = 'decisions.jsonl'
const BEFORE = 'decisions.1.jsonl'
const NEXT = 'decisions.next.jsonl'
const DEFAULT_LIMIT = 1000
const ENCODER = new TextEncoder()

/** What was decided, the newest kept: in memory to be searched, on disk over restarts. */
export class DecisionLog {
  readonly stats: { decisions: number } = { decisions: 0 }
  readonly #options: DecisionLogOptions
  readonly #most: number
  #kept: Decision[] = []
  #file: OpenFile | undefined
  #bytes = 0
  /** The last line is there in part. */
  #isTorn = false
  #isClosed = false

  constructor(options: DecisionLogOptions) {
    this.#options = options
    this.#most = options.most ?? 20_000
    if (options.folder === undefined) return
    try {
      for (const name of [BEFORE, CURRENT]) for (const each of this.#read(name)) this.#kept.push(each)
      this.#kept = this.#kept.slice(-this.#most)
      this.#begin()
    } catch (error) {
      options.onFault(error)
    }
  }

  add(decision: Decision): void {
    this.stats.decisions++
    this.#kept.push(decision)
    // Twice as many at most: to drop each by itself would move all.
    if (this.#kept.length >= 2 * this.#most) this.#kept = this.#kept.slice(-this.#most)
    if (this.#options.folder === undefined || this.#isClosed) return
    try {
      this.#write(decision)
    } catch (error) {
      this.#options.onFault(error)
    }
  }

  /** The latest first. */
  search(search: DecisionSearch): readonly Decision[] {
    const { limit = DEFAULT_LIMIT, offset = 0 } = search
    const wanted = search.text === undefined ? search : { ...search, text: search.text.toLowerCase() }
    let passed = 0
    const found: Decision[] = []
    for (let i = this.#kept.length - 1; i >= Math.max(0, this.#kept.length - this.#most) && found.length < limit; i--) {
      const decision = this.#kept[i]
      if (decision !== undefined && isMeant(decision, wanted) && ++passed > offset) found.push(decision)
    }
    return found
  }

  close(): void {
    this.#isClosed = true
    this.#end()
  }

  #end(): void {
    this.#file?.close()
    this.#file = undefined
  }

  #write(decision: Decision): void {
    if (this.#file === undefined || this.#bytes >= (this.#options.fileBytes ?? 8_388_608)) this.#turnOver()
    const text = `${this.#isTorn ? '\n' : ''}${JSON.stringify(decision)}\n`
    this.#isTorn = true
    this.#append(text)
    this.#isTorn = false
  }

  #append(text: string): void {
    const bytes = ENCODER.encode(text)
    this.#file?.append(bytes)
    this.#bytes += bytes.length
  }

  #turnOver(): void {
    const { files, folder = '' } = this.#options
    if (files.list(folder).includes(CURRENT)) files.rename(path.join(folder, CURRENT), path.join(folder, BEFORE))
    this.#create(CURRENT)
  }

  /** A file of those before that are still kept: only who made a file can append to it. */
  #begin(): void {
    const { files, folder = '' } = this.#options
    if (files.list(folder).includes(NEXT)) files.remove(path.join(folder, NEXT))
    this.#create(NEXT)
    this.#append(this.#kept.map((decision) => `${JSON.stringify(decision)}\n`).join(''))
    files.rename(path.join(folder, NEXT), path.join(folder, CURRENT))
    if (files.list(folder).includes(BEFORE)) files.remove(path.join(folder, BEFORE))
  }

  #create(name: string): void {
    const { files, folder = '' } = this.#options
    this.#end()
    this.#file = files.create(path.join(folder, name))
    this.#bytes = 0
    this.#isTorn = false
  }

  #read(name: string): Decision[] {
    const { files, folder = '' } = this.#options
    if (!files.list(folder).includes(name)) return []
    const file = files.open(path.join(folder, name))
    try {
      const bytes = new Uint8Array(file.size)
      const text = new TextDecoder().decode(bytes.subarray(0, file.read(bytes, 0)))
      return text.split('\n').flatMap((line) => decisionOf(line) ?? [])
    } finally {
      file.close()
    }
  }
}

function decisionOf(line: string): Decision | undefined {
  try {
    const read: unknown = JSON.parse(line)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own line; one that was torn is no JSON
    return typeof read === 'object' && read !== null && 'verdict' in read ? (read as Decision) : undefined
  } catch {
    return undefined
  }
}

function isMeant(decision: Decision, search: DecisionSearch): boolean {
  const { fingerprint, receiver, groupKey, verdict, from, to, text } = search
  return (
    (fingerprint === undefined || decision.fingerprints.includes(fingerprint)) &&
    (receiver === undefined || decision.receiver === receiver) &&
    (groupKey === undefined || decision.groupKey === groupKey) &&
    (verdict === undefined || decision.verdict === verdict) &&
    (from === undefined || decision.at >= from) &&
    (to === undefined || decision.at <= to) &&
    (text === undefined || textOf(decision).includes(text))
  )
}

function textOf({ reason, receiver, integration = '', groupKey }: Decision): string {
  return `${reason}\n${receiver}\n${integration}\n${groupKey}`.toLowerCase()
}
