import * as v from 'valibot'
import { createRedactor, type RedactionOptions, type Shape, SHAPES } from '../../logging/index.ts'

const PATHS = `a list of paths such as ['user.card.number', 'headers["x-api-key"]', '*.pin', 'items[*].pin']`
const NAMES = "a list of names such as ['pin', '*ssn', 'iban*'], with * at an end only"
const KINDS = `a list of ${SHAPES.join(', ')}`
const REPLACEMENT = 'a text of 1 to 100 characters'
const NAME = /^\*?[^*]{1,100}\*?$/

/** The values of `redact`, but for its flag. */
export const REDACT: {
  readonly paths: v.GenericSchema<readonly string[]>
  readonly names: v.GenericSchema<readonly string[]>
  readonly shapes: v.GenericSchema<readonly Shape[]>
  readonly replacement: v.GenericSchema<string>
} = {
  paths: list(
    v.pipe(
      v.string(PATHS),
      v.check((path) => accepts({ paths: [path] }), PATHS),
    ),
    PATHS,
  ),
  names: list(
    v.pipe(
      v.string(NAMES),
      v.regex(NAME, NAMES),
      v.check((key) => accepts({ keys: [key] }), NAMES),
    ),
    NAMES,
  ),
  shapes: v.array(v.picklist(SHAPES, KINDS), KINDS),
  replacement: v.pipe(v.string(REPLACEMENT), v.regex(/^[^\p{Cc}]{1,100}$/u, REPLACEMENT)),
}

function list(item: v.GenericSchema<string>, expected: string): v.GenericSchema<readonly string[]> {
  return v.pipe(v.array(item, expected), v.maxLength(1000, expected))
}

function accepts(options: RedactionOptions): boolean {
  try {
    createRedactor(options)
    return true
  } catch {
    return false
  }
}
