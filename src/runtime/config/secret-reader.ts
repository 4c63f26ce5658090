import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { type FileMark, markOf } from './file-mark.ts'
import type { Environment } from './resolve.ts'
import { isRecord } from './secret-schema.ts'

export type FoundSecret =
  | { readonly ok: true; readonly text: string; readonly from: string }
  | { readonly ok: false; readonly problem: string }

const MOST_BYTES = 65_536
const VARIABLE = /^[a-zA-Z_]\w{0,199}$/
const FORM = "a reference is { env: 'NAME' } or { file: '/run/secrets/name' }"
const OTHERS_MAY_READ = 0o004

/** Finds secrets that are stated by reference, and remembers which files they were in. */
export class SecretReader {
  /** What may be amiss, though it works. */
  readonly warnings: Set<string> = new Set()
  /** The files of secrets that can be changed while the service runs, as they were when they were last read. */
  readonly marks: Map<string, FileMark> = new Map()
  readonly #env: Environment
  readonly #cwd: string
  /** Of values that only a restart changes: what was found first. */
  readonly #kept = new Map<string, FoundSecret>()

  constructor(env: Environment, cwd: string) {
    this.#env = env
    this.#cwd = cwd
  }

  /** Undefined for what is no reference. @param text whether it is of a variable: then `env:NAME` and `file:PATH` are references too. */
  find(value: unknown, { text, changeable }: { text: boolean; changeable: boolean }): FoundSecret | undefined {
    const reference = text && typeof value === 'string' ? referenceIn(value) : value
    if (!isRecord(reference)) return undefined
    const { env, file } = reference
    const single = Object.keys(reference).length === 1
    if (single && typeof env === 'string') return this.#variable(env)
    if (single && typeof file === 'string' && isPath(file)) return this.#file(file, changeable)
    return { ok: false, problem: FORM }
  }

  #variable(name: string): FoundSecret {
    // A secret that was put here by mistake is not to be shown.
    if (!VARIABLE.test(name)) return { ok: false, problem: `env is not the name of a variable; ${FORM}` }
    const text = this.#env[name]
    if (text !== undefined && text !== '') return { ok: true, text, from: `environment ${name}` }
    return { ok: false, problem: `the variable ${name} is not set; set it, or state the value otherwise` }
  }

  #file(file: string, changeable: boolean): FoundSecret {
    const path = resolve(this.#cwd, file)
    const kept = changeable ? undefined : this.#kept.get(path)
    if (kept !== undefined) return kept
    if (changeable) this.marks.set(path, markOf(path))
    const found = this.#read(path)
    if (!changeable && found.ok) this.#kept.set(path, found)
    return found
  }

  #read(path: string): FoundSecret {
    try {
      const stats = statSync(path)
      if (!stats.isFile()) return { ok: false, problem: `${path} is not a file; name one that holds the value alone` }
      if (stats.size > MOST_BYTES)
        return { ok: false, problem: `${path} is over ${MOST_BYTES} bytes; name another file` }
      const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
      if (text === '') return { ok: false, problem: `${path} is empty; write the value into it` }
      if ((stats.mode & OTHERS_MAY_READ) !== 0) {
        this.warnings.add(`${path} holds a secret and can be read by every user; chmod o-r ${path}`)
      }
      return { ok: true, text, from: `file ${path}` }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
      return { ok: false, problem: `${path}: ${why}; put the value there, or state it otherwise` }
    }
  }
}

function referenceIn(text: string): unknown {
  if (text.startsWith('env:')) return { env: text.slice('env:'.length) }
  return text.startsWith('file:') ? { file: text.slice('file:'.length) } : text
}

function isPath(text: string): boolean {
  return /^[^\p{Cc}]{1,1000}$/u.test(text)
}
