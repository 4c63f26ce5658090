import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { ConfigError } from '../../error.ts'
import type { AdminTls } from './scope.ts'

/** Between two looks at whether the files are others now. */
const LOOK_MS = 1000

/** The files of `admin.tls`, read again when they change. */
export class TlsFiles {
  readonly #paths: { readonly cert: string; readonly key: string; readonly ca: string | undefined }
  readonly #now: () => number
  #stamp: string
  #lookedAt: number

  /** @param now in milliseconds that never go back */
  constructor({ cert, key, ca }: AdminTls, cwd: string, now: () => number) {
    const at = (file: string): string => path.resolve(cwd, file)
    this.#paths = { cert: at(cert), key: at(key), ca: ca === undefined ? undefined : at(ca) }
    this.#now = now
    this.#stamp = this.#look()
    this.#lookedAt = now()
  }

  /** @throws ConfigError for files that cannot be read, or do not belong together. */
  read(): SecureContextOptions {
    try {
      return this.#read()
    } catch (error) {
      throw new ConfigError([`admin.tls: ${error instanceof Error ? error.message : String(error)}`])
    }
  }

  /** The files' content when they have changed since the last time; to be asked for each connection. @throws when it is no good. */
  changed(): SecureContextOptions | undefined {
    if (this.#now() - this.#lookedAt < LOOK_MS) return undefined
    this.#lookedAt = this.#now()
    const stamp = this.#look()
    if (stamp === this.#stamp) return undefined
    // Also when they are no good: that is said once.
    this.#stamp = stamp
    return this.#read()
  }

  #read(): SecureContextOptions {
    const { cert, key, ca } = this.#paths
    const read = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      ...(ca === undefined ? {} : { ca: readFileSync(ca) }),
    }
    createSecureContext(read)
    return read
  }

  /** Follows links: Kubernetes replaces the folder that one points to. */
  #look(): string {
    const { cert, key, ca = cert } = this.#paths
    return [cert, key, ca]
      .map((file) => {
        const found = statSync(file, { throwIfNoEntry: false })
        return found === undefined ? '' : `${found.ino} ${found.mtimeMs} ${found.size}`
      })
      .join()
  }
}
