import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Up to when everything is acknowledged: `{"acknowledgedBefore":1760000000000}`, ms since the epoch. Written aside and renamed,
 * so that it is there whole or not at all.
 */
export class PositionFile {
  readonly #path: string

  constructor(folder: string, name: string) {
    this.#path = path.join(folder, 'remote-write', `${name}.json`)
  }

  /** Undefined: there is none yet. -Infinity: there is one, and it cannot be read. */
  read(): number | undefined {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8')
    } catch (error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      return missing ? undefined : -Infinity
    }
    try {
      const parsed: unknown = JSON.parse(text)
      if (typeof parsed !== 'object' || parsed === null || !('acknowledgedBefore' in parsed)) return -Infinity
      const { acknowledgedBefore } = parsed
      return typeof acknowledgedBefore === 'number' ? acknowledgedBefore : -Infinity
    } catch {
      return -Infinity
    }
  }

  /** @throws what the system says. */
  write(acknowledgedBefore: number): void {
    mkdirSync(path.dirname(this.#path), { recursive: true })
    const aside = `${this.#path}.new`
    writeFileSync(aside, JSON.stringify({ acknowledgedBefore }))
    renameSync(aside, this.#path)
  }
}
