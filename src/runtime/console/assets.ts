import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { PACKAGE_ROOT } from '../package-root.ts'

const INDEX = 'index.html'
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
/** As the build compressed them, the best first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const
/** Nothing inline and nothing from elsewhere; a worker's address is the one thing that a script may make. */
export const PAGE_POLICY: string = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types boxman',
].join('; ')

export interface Asset {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** The files of the page. Their names hold a hash of what is in them, but for the index: it is asked for each time. */
export class Assets {
  readonly #folder: string
  readonly #names: ReadonlySet<string>

  constructor(folder: string = fileURLToPath(new URL('dist/console/', PACKAGE_ROOT))) {
    this.#folder = folder
    this.#names = new Set(namesIn(folder))
  }

  /** Whether the page was built. */
  get areThere(): boolean {
    return this.#names.has(INDEX)
  }

  /** The index names all other files by what is in them. */
  get version(): string {
    if (!this.areThere) return ''
    const index = readFileSync(path.join(this.#folder, INDEX))
    return createHash('sha256').update(index).digest('hex').slice(0, 12)
  }

  /** Undefined: there is none of that name, which is its path below the page's. */
  async read(name: string, acceptEncoding: string): Promise<Asset | undefined> {
    const type = TYPES[path.extname(name)]
    if (type === undefined || !this.#names.has(name)) return undefined
    const [encoding, suffix] = ENCODINGS.find(
      ([token, end]) => this.#names.has(`${name}${end}`) && accepts(acceptEncoding, token),
    ) ?? [undefined, '']
    const body = await readFile(path.join(this.#folder, `${name}${suffix}`))
    return {
      body,
      headers: {
        'content-type': type,
        'content-length': String(body.length),
        'content-security-policy': PAGE_POLICY,
        ...(name === INDEX ? {} : { 'cache-control': 'public, max-age=31536000, immutable' }),
        vary: 'accept-encoding',
        ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
      },
    }
  }

  index(acceptEncoding: string): Promise<Asset | undefined> {
    return this.read(INDEX, acceptEncoding)
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => name.split(path.sep).join('/'))
  } catch {
    return []
  }
}

function accepts(header: string, token: string): boolean {
  const found = header
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
    .find(([name]) => name === token)
  return found !== undefined && !found.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter))
}
