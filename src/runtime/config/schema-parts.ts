import * as v from 'valibot'

/** What a group of values is made of. */
export function group<const Entries extends Readonly<Record<string, v.GenericSchema>>>(
  entries: Entries,
): v.StrictObjectSchema<Entries, undefined> {
  return v.strictObject(entries)
}

export function matching(pattern: RegExp, expected: string): v.GenericSchema<string> {
  return v.pipe(v.string(expected), v.regex(pattern, expected))
}

export function listOf(item: v.GenericSchema<string>, expected: string): v.GenericSchema<readonly string[]> {
  return v.pipe(v.array(item, expected), v.minLength(1, expected), v.maxLength(100, expected))
}

export function flag(): v.GenericSchema<boolean> {
  return v.boolean('true or false')
}

export function wholeNumber(min: number, max: number, what: string): v.GenericSchema<number> {
  const expected = `${what} from ${min} to ${max}`
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected))
}

export function positive(expected: string): v.GenericSchema<number> {
  return v.pipe(v.number(expected), v.finite(expected), v.gtValue(0, expected))
}

export function ascending(expected: string): v.GenericSchema<readonly number[]> {
  return v.pipe(
    v.array(positive(expected), expected),
    v.minLength(1, expected),
    v.maxLength(100, expected),
    v.check((numbers) => numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? number)), expected),
  )
}

export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
