import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from './index.ts'

interface ParserCase {
  readonly input: string
  readonly kind: string
  readonly fail: boolean
  readonly errors: readonly { readonly start: number; readonly end: number; readonly msg: string }[]
}

interface EvaluationCase {
  readonly id: string
  readonly expr: string
}

const shared = process.env['BOXMAN_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url))
const folder = path.join(shared, 'conformance', 'promql')
const missing = !existsSync(path.join(folder, 'parser_cases.json'))
const read = (file: string): unknown => (missing ? [] : JSON.parse(readFileSync(path.join(folder, file), 'utf8')))

/** The file writes a byte that is no UTF-8 as the character of that number; here it is half a pair of surrogates. */
function asText({ input, errors }: ParserCase): string {
  if (!errors.some(({ msg }) => msg === 'invalid UTF-8 rune')) return input
  return input.replaceAll(/[\u0080-\u00ff]/g, (char) => String.fromCharCode(0xdc00 + char.charCodeAt(0)))
}

if (missing) process.stderr.write(`skipped: the parser's conformance cases, which are not at ${folder}\n`)

describe.skipIf(missing)('parser, as Prometheus', () => {
  const cases = (read('parser_cases.json') as readonly ParserCase[]).filter(({ kind }) => kind === 'expr')

  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(200)
  })

  it.each(cases.map((each) => [each.input, each] as const))('%j', (_, each) => {
    const parsed = parse(asText(each))
    const told = parsed.ok ? [] : parsed.errors.map(({ start, end, message }) => ({ start, end, msg: message }))
    expect(parsed.ok).toBe(!each.fail)
    // One case is there for its failing alone.
    expect(told).toEqual(each.fail && each.errors.length === 0 ? told : each.errors)
  })

  it('reads every expression that is evaluated', () => {
    const expressions = read('index.json') as readonly EvaluationCase[]
    const refused = expressions.flatMap(({ id, expr }) => {
      const parsed = parse(expr)
      return parsed.ok ? [] : [{ id, expr, errors: parsed.errors }]
    })
    expect(expressions.length).toBeGreaterThan(1000)
    expect(refused).toEqual([])
  })
})
