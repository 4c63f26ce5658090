import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/peer.ts'

const SOURCE = path.join(root, 'console/src')
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).map((file) => file.split(path.sep).join('/'))
const sheets = files.filter((file) => file.endsWith('.css'))
/** Names that are uPlot's own. */
const FOREIGN = /^u-/

function textOf(file: string): string {
  return readFileSync(path.join(SOURCE, file), 'utf8')
}

/** What stands before a brace or a semicolon outside of all braces. */
function outermost(css: string): readonly string[] {
  const found: string[] = []
  let [depth, text] = [0, '']
  for (const sign of css.replaceAll(/\/\*[^]*?\*\//g, '')) {
    if (sign === '{') {
      if (depth++ === 0) found.push(text.trim())
      text = ''
    } else if (sign === '}') {
      depth--
      text = ''
    } else if (sign === ';' && depth === 0) {
      found.push(text.trim())
      text = ''
    } else text += sign
  }
  return found
}

describe('the stylesheet of a page', () => {
  const pages = sheets.filter((file) => file.startsWith('pages/'))

  it('is found', () => expect(pages.length).toBeGreaterThan(5))

  it.each(pages)('%s says nothing of other pages', (file) => {
    const [, page = ''] = file.split('/')
    expect(outermost(textOf(file))).toEqual([`.page-${page}`])
  })

  it.each(pages)('%s is loaded by its own page alone', (file) => {
    const folder = path.posix.dirname(file)
    const loading = files.filter(
      (each) => /\.tsx?$/.test(each) && textOf(each).includes(`/${path.posix.basename(file)}'`),
    )
    expect(loading.map((each) => path.posix.dirname(each))).toEqual([folder])
  })
})

it('all else that is styled is loaded at once, and not with the page that first needs it', () => {
  const shared = sheets.filter((file) => !file.startsWith('pages/'))
  expect(shared.map((file) => `import './${file}'`).filter((line) => !textOf('main.tsx').includes(line))).toEqual([])
})

it('every class that is styled is given to something', () => {
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts')).map(textOf)
  const strings = sources.flatMap((text) => text.match(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g) ?? [])
  const words = new Set(strings.flatMap((text) => text.split(/[^\w-]+/)))
  const beginnings = strings.flatMap((text) => Array.from(text.matchAll(/([\w-]+-)\$\{/g), ([, begin = '']) => begin))
  const given = (name: string): boolean =>
    FOREIGN.test(name) || words.has(name) || beginnings.some((begin) => name.startsWith(begin))
  const styled = sheets.flatMap((file) =>
    Array.from(textOf(file).matchAll(/([^{};]+)\{/g), ([, selector = '']) => selector)
      .filter((selector) => !selector.trim().startsWith('@'))
      .flatMap((selector) => Array.from(selector.matchAll(/\.([a-z][\w-]*)/g), ([, name = '']) => `${file} ${name}`)),
  )
  expect(styled.length).toBeGreaterThan(300)
  expect([...new Set(styled)].filter((each) => !given(each.split(' ')[1] ?? ''))).toEqual([])
})
