import { readFile, stat } from 'node:fs/promises'
import type { FileDiscovery, TargetGroup } from '../config/discovery-config.ts'
import { findFiles } from '../glob.ts'
import { readGroups } from './read-groups.ts'
import type { OnFault, Source } from './source.ts'

/** How often files are looked at for a change. */
const POLL_MS = 1000

interface Known {
  readonly stamp: string
  readonly groups: readonly TargetGroup[]
}

/** Target groups in files. A file that cannot be read keeps what it had; one that is gone takes its targets with it. */
export class FileSource implements Source {
  readonly #config: FileDiscovery
  readonly #onFault: OnFault
  #known: ReadonlyMap<string, Known> = new Map()
  #polledAt = -Infinity
  #refreshedAt = -Infinity

  constructor(config: FileDiscovery, onFault: OnFault) {
    this.#config = config
    this.#onFault = onFault
  }

  get groups(): readonly TargetGroup[] {
    return Array.from(this.#known.values()).flatMap(({ groups }) => groups)
  }

  async step(at: number): Promise<boolean> {
    if (at - this.#polledAt < POLL_MS) return false
    this.#polledAt = at
    const refresh = at - this.#refreshedAt >= this.#config.refreshMs
    if (refresh) this.#refreshedAt = at
    const before = this.#known
    const known = new Map<string, Known>()
    for (const pattern of this.#config.patterns) {
      for (const path of await findFiles(pattern)) {
        const found = known.get(path) ?? (await this.#read(path, before.get(path), refresh))
        if (found !== undefined) known.set(path, found)
      }
    }
    this.#known = known
    return (
      known.size !== before.size || Array.from(known).some(([path, one]) => before.get(path)?.groups !== one.groups)
    )
  }

  close(): void {
    // There is nothing open.
  }

  async #read(path: string, before: Known | undefined, refresh: boolean): Promise<Known | undefined> {
    let stamp = ''
    try {
      const { mtimeMs, size, ino } = await stat(path)
      stamp = `${mtimeMs} ${size} ${ino}`
      if (before?.stamp === stamp && !refresh) return before
      const text = await readFile(path, 'utf8')
      const groups = readGroups(path, text, /\.json$/i.test(path) ? 'json' : 'yaml')
      return {
        stamp,
        groups: groups.map(({ targets, labels }) => ({ targets, labels: labels.with('__meta_filepath', path) })),
      }
    } catch (error) {
      this.#onFault(`${path}: ${error instanceof Error ? error.message : String(error)}`)
      // Not told again until the file changes.
      return before && { stamp, groups: before.groups }
    }
  }
}
