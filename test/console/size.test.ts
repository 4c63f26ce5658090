import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/peer.ts'

const OUT = path.join(root, 'dist/console')
/** Compressed. */
const MOST_BYTES = 60 * 1024

function textOf(file: string): string {
  return readFileSync(path.join(OUT, file), 'utf8')
}

/** What a module loads before it runs, itself too. */
function withImports(file: string, known = new Set<string>()): ReadonlySet<string> {
  if (known.has(file)) return known
  known.add(file)
  for (const [, name = ''] of textOf(file).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) {
    withImports(`assets/${name}`, known)
  }
  return known
}

/** What the page loads before it shows its first page: what the index names, and the overview with all that it imports. */
function initial(): readonly string[] {
  const named = [...textOf('index.html').matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(
    ([, file = '']) => file,
  )
  const overview = readdirSync(path.join(OUT, 'assets')).filter((file) => /^overview-[^.]+\.js$/.test(file))
  expect(named.length).toBeGreaterThan(0)
  expect(overview).toHaveLength(1)
  return [...new Set([...named, ...overview.map((file) => `assets/${file}`)].flatMap((file) => [...withImports(file)]))]
}

it('what is loaded at first is within its budget', () => {
  const files = initial()
  const bytes = files.reduce((sum, file) => sum + statSync(path.join(OUT, `${file}.gz`)).size, 0)
  expect(bytes, files.join(', ')).toBeLessThanOrEqual(MOST_BYTES)
  // The charts are among them: otherwise the sum would say nothing.
  expect(bytes).toBeGreaterThan(MOST_BYTES / 2)
})

it('the editor is loaded when it is first needed', () => {
  const editor = readdirSync(path.join(OUT, 'assets')).filter((file) => /^promql-editor-[^.]+\.js$/.test(file))
  expect(editor).toHaveLength(1)
  expect(initial()).not.toContain(`assets/${editor.join()}`)
})
