import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const PURE = ['series', 'metrics', 'promql', 'tsdb', 'analysis']
/** Who may read the clock: prom-client takes none as an argument, and reads it whenever it is called. */
const CLOCKED = ['runtime', 'prom-client']
/** Rooms that also run in a browser. */
const DOORS_OF_THE_CONSOLE = ['boxman/promql', 'boxman/charts']

/** Which room may enter which. `types:x` is a door for `import type` only. A room that is not built yet may stand here. */
const MAY_ENTER: Readonly<Record<string, readonly string[]>> = {
  series: [],
  metrics: [],
  health: [],
  tracing: [],
  logging: [],
  promql: ['series'],
  tsdb: ['series'],
  alerting: ['series'],
  analysis: ['series', 'types:alerting'],
  instrument: ['metrics', 'tracing', 'logging'],
  packs: ['types:metrics', 'types:alerting', 'types:analysis'],
  charts: ['types:packs'],
  'prom-client': ['metrics'],
  generate: ['promql', 'types:packs', 'types:alerting', 'types:analysis'],
  wire: ['series', 'metrics'],
  runtime: [
    'series',
    'metrics',
    'health',
    'tracing',
    'logging',
    'promql',
    'tsdb',
    'alerting',
    'analysis',
    'instrument',
    'packs',
    'charts',
    'generate',
    'wire',
  ],
  cli: ['series', 'runtime', 'promql', 'tsdb', 'generate', 'alerting'],
}

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

const IMPORT = /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'/gm

function importsOf(source: string): Import[] {
  return Array.from(source.matchAll(IMPORT), ([, type, from, dynamic]) => ({
    from: from ?? dynamic ?? '',
    typeOnly: type !== undefined,
  }))
}

const rooms = readdirSync(path.join(root, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

/** Every TypeScript file below a folder, with / between the parts of its path from the root. */
function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`
    if (entry.isDirectory()) return ['node_modules', 'dist'].includes(entry.name) ? [] : sources(file)
    return /\.tsx?$/.test(file) ? [file] : []
  })
}

const files = sources('src').map((file) => {
  const source = readFileSync(path.join(root, file), 'utf8')
  return { file, room: file.split('/')[1] ?? '', source, imports: importsOf(source) }
})
const isTest = (file: string): boolean => /\.(test|conformance)\.ts$/.test(file)
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  exports: Record<string, string>
  dependencies: Record<string, string>
}

interface Versions {
  readonly [name: string]: string | Versions
}

/** Those of nested overrides too. */
function versionsOf(versions: Versions): string[] {
  return Object.values(versions).flatMap((of) => (typeof of === 'string' ? [of] : versionsOf(of)))
}

/** Why this import breaks the house, or nothing. */
function fault(file: string, room: string, { from, typeOnly }: Import): string | undefined {
  if (from.startsWith('node:')) return undefined
  if (!from.startsWith('.')) {
    const name = from.split('/', from.startsWith('@') ? 2 : 1).join('/')
    if (PURE.includes(room)) return `${room} imports no third-party code, and this is ${name}`
    if (name === 'boxman') return 'inside the package, rooms are entered by their relative doors'
    return typeOnly || name in manifest.dependencies ? undefined : `${name} is no dependency: import its types only`
  }
  const target = path.posix.join(path.posix.dirname(file), from)
  const [, other = '', ...inside] = target.split('/')
  if (other === room) return undefined
  if (!target.startsWith('src/')) return `${target} is outside the house`
  if (inside.join('/') !== 'index.ts') return `enters ${other} by a window: ${inside.join('/')}`
  const allowed = MAY_ENTER[room] ?? []
  if (allowed.includes(other) || (typeOnly && allowed.includes(`types:${other}`))) return undefined
  return `${room} may not enter ${other}${allowed.includes(`types:${other}`) ? ' but for its types' : ''}`
}

describe('architecture', () => {
  it('reads imports of every form', () => {
    const source = [
      "import a from 'one'",
      "import type { B } from './two.ts'",
      "import './three.ts'",
      "export * from './four.ts'",
      "export type { C,\n  D } from 'five'",
      "const late = await import('six')",
      "import e, { f as g } from '@scope/seven/deep'",
    ].join('\n')
    expect(importsOf(source).map(({ from, typeOnly }) => `${from}${typeOnly ? ' type' : ''}`)).toEqual([
      'one',
      './two.ts type',
      './three.ts',
      './four.ts',
      'five type',
      'six',
      '@scope/seven/deep',
    ])
  })

  it.each([
    ['src/metrics/a.ts', 'metrics', '../series/index.ts', false, 'may not enter'],
    ['src/runtime/a.ts', 'runtime', '../metrics/registry.ts', false, 'window'],
    ['src/packs/casino/a.ts', 'packs', '../../metrics/index.ts', false, 'but for its types'],
    ['src/packs/casino/a.ts', 'packs', '../../metrics/index.ts', true, 'allowed'],
    ['src/metrics/a.ts', 'metrics', 'pino', true, 'no third-party'],
    ['src/instrument/a.ts', 'instrument', 'ws', false, 'types only'],
    ['src/instrument/a.ts', 'instrument', 'ws', true, 'allowed'],
    ['src/cli/a.ts', 'cli', '../../test/x.ts', false, 'outside the house'],
  ])('judges %s of %s importing %s (type only: %j): %s', (file, room, from, typeOnly, why) => {
    const found = fault(file, room, { from, typeOnly }) ?? 'allowed'
    expect(found).toContain(why)
  })

  it('every room enters only the rooms that it may, and by their doors', () => {
    const faults = files
      .filter(({ file }) => !isTest(file))
      .flatMap(({ file, room, imports }) =>
        imports.flatMap((one) => {
          const why = fault(file, room, one)
          return why === undefined ? [] : [`${file}: '${one.from}': ${why}`]
        }),
      )
    expect(faults).toEqual([])
    expect(files.length).toBeGreaterThan(10)
  })

  it.each(rooms)('%s is on the plan, has a door and a page about itself', (room) => {
    expect(Object.keys(MAY_ENTER)).toContain(room)
    expect(existsSync(path.join(root, 'src', room, 'index.ts'))).toBe(true)
    expect(readFileSync(path.join(root, 'src', room, 'README.md'), 'utf8')).toMatch(/ceilings?\b/i)
  })

  it('the exports map is the list of doors', () => {
    const doors = Object.fromEntries(rooms.map((room) => [`./${room}`, `./dist/${room}/index.js`]))
    expect(manifest.exports).toEqual({
      ...doors,
      '.': './dist/runtime/index.js',
      './package.json': './package.json',
      './config.schema.json': './config.schema.json',
    })
  })

  it('below the runtime and but for prom-client nothing reads the clock or the environment, or starts a repeating timer', () => {
    const forbidden =
      /\b(Date\.now|performance\.now|process\.hrtime|process\.env|setInterval)\b|\bnew Date\(\)|\bperformance\b.*from 'node:perf_hooks'/
    const faults = files
      .filter(({ file, room }) => !isTest(file) && !CLOCKED.includes(room))
      .flatMap(({ file, source }) =>
        source.split('\n').flatMap((line, i) => (forbidden.test(line) ? [`${file}:${i + 1}: ${line.trim()}`] : [])),
      )
    expect(faults).toEqual([])
  })

  it('versions are exact, and the lock file carries no download addresses', () => {
    const apps = readdirSync(path.join(root, 'apps')).map((app) => `apps/${app}`)
    const manifests = ['.', 'bench', 'console', ...apps].map(
      (folder) => JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8')) as Record<string, Versions>,
    )
    const versions = manifests.flatMap((each) =>
      ['dependencies', 'devDependencies', 'overrides'].flatMap((kind) => versionsOf(each[kind] ?? {})),
    )
    expect(versions.filter((version) => !/^((npm:[@\w/-]+@)?\d+\.\d+\.\d+|file:\.\.(\/\.\.)?)$/.test(version))).toEqual(
      [],
    )
    expect(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/)
  })

  it('applications enter the package by its published doors', () => {
    const outside = ['apps', 'bench'].flatMap(sources)
    const faults = outside.flatMap((file) =>
      importsOf(readFileSync(path.join(root, file), 'utf8'))
        .filter(({ from }) => /(^|\/)(src|dist)\//.test(from) || (/^boxman(\/|$)/.test(from) && !isDoor(from)))
        .map(({ from }) => `${file}: '${from}'`),
    )
    expect(faults).toEqual([])
  })

  it('the console is of the house by PromQL, by how panels are read, and by types alone', () => {
    const pages = sources('console/src').filter((file) => !isTest(file))
    const faults = pages.flatMap((file) => {
      const source = readFileSync(path.join(root, file), 'utf8')
      return importsOf(source)
        .filter(({ from }) => /^boxman(?:\/|$)/.test(from) || from.includes('../src/'))
        .filter(
          ({ from, typeOnly }) => !DOORS_OF_THE_CONSOLE.includes(from) && !(typeOnly && from.startsWith('boxman/')),
        )
        .map(({ from }) => `${file}: ${from}`)
    })
    expect(faults).toEqual([])
  })
})

function isDoor(specifier: string): boolean {
  return `.${specifier.slice('boxman'.length)}` in manifest.exports
}
