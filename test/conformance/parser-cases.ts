import path from 'node:path'
import { parse } from '../../src/promql/index.ts'
import { type CaseOutcome, readJson } from './shared.ts'

interface ParserCase {
  readonly input: string
  readonly kind: string
  readonly fail: boolean
  readonly errors: readonly { readonly start: number; readonly end: number; readonly msg: string }[]
}

/** Queries that are read or refused, the errors with their messages and positions. */
export function runParserCases(folder: string): readonly CaseOutcome[] {
  const cases = readJson(path.join(folder, 'promql', 'parser_cases.json')) as readonly ParserCase[]
  return cases.filter(({ kind }) => kind === 'expr').map((each) => ({ name: each.input, fault: faultOf(each) }))
}

function faultOf(given: ParserCase): string | undefined {
  const parsed = parse(asText(given))
  if (parsed.ok) return given.fail ? 'was read' : undefined
  const told = parsed.errors.map(({ start, end, message }) => ({ start, end, msg: message }))
  if (!given.fail) return `was refused: ${JSON.stringify(told)}`
  // One case is there for its failing alone.
  if (given.errors.length === 0 || JSON.stringify(told) === JSON.stringify(given.errors.map(inOrder))) return undefined
  return `${JSON.stringify(told)}, wanted ${JSON.stringify(given.errors)}`
}

function inOrder({ start, end, msg }: ParserCase['errors'][number]): unknown {
  return { start, end, msg }
}

/** The file writes a byte that is no UTF-8 as the character of that number; here it is half a pair of surrogates. */
function asText({ input, errors }: ParserCase): string {
  if (!errors.some(({ msg }) => msg === 'invalid UTF-8 rune')) return input
  return input.replaceAll(/[\u0080-\u00ff]/g, (char) => String.fromCharCode(0xdc00 + char.charCodeAt(0)))
}
