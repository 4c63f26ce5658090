/** Digits, in groups that one space or dash is between. */
const NUMBERS = /\d+(?:[ -]\d+)*/g
const [FEWEST, MOST] = [13, 19]

/** Which numbers their issuers begin and how long they make them. */
const ISSUERS =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|4[4-9]\d|5\d\d)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|62\d{14,17}|220[0-4]\d{12}|(?:5[0678]\d\d|6304|6759|676[1-3])\d{9,15})$/

/**
 * Puts the replacement in the place of every number of a card: 13 to 19 digits, in one or in groups of 4-4-4-4(-3), 4-6-5 or 4-6-4,
 * that begin as an issuer's do, have its length and pass Luhn's check, and are no part of a longer word or decimal. Of random
 * numbers of 16 digits 3 in 100 do; none that begins with 0 or 1, as timestamps do.
 */
export function redactCards(text: string, replacement: string): string {
  return text.replace(NUMBERS, (run: string, at: number) => {
    if (run.length < FEWEST) return run
    const groups = groupsOf(run)
    let out = ''
    let copied = 0
    for (let i = 0; i < groups.length; i++) {
      const end = cardEnd(groups, i)
      const [first, last] = [groups[i], groups[end]]
      if (first === undefined || last === undefined) continue
      const [from, to] = [first.at, last.at + last.digits.length]
      if (!standsAlone(text, at + from, at + to)) continue
      out += run.slice(copied, from) + replacement
      copied = to
      i = end
    }
    return out + run.slice(copied)
  })
}

/** Whether a whole number, of a field, is that of a card. */
export function isCard(digits: string): boolean {
  return digits.length >= FEWEST && digits.length <= MOST && ISSUERS.test(digits) && passesLuhn(digits)
}

interface Group {
  readonly at: number
  readonly digits: string
}

function groupsOf(run: string): readonly Group[] {
  return Array.from(run.matchAll(/\d+/g), ({ 0: digits, index: at }) => ({ at, digits }))
}

/** The last group of a card's number that begins with this group; -1 where none does. */
function cardEnd(groups: readonly Group[], first: number): number {
  let digits = groups[first]?.digits ?? ''
  if (digits.length !== 4) return isCard(digits) ? first : -1
  const second = groups[first + 1]?.digits.length ?? 0
  if (second === 6) {
    const [middle, last] = [groups[first + 1]?.digits ?? '', groups[first + 2]?.digits ?? '']
    return (last.length === 5 || last.length === 4) && isCard(digits + middle + last) ? first + 2 : -1
  }
  let found = -1
  for (let i = first + 1; i < groups.length && digits.length % 4 === 0 && digits.length < MOST; i++) {
    const group = groups[i]?.digits ?? ''
    if (group.length > 4) break
    digits += group
    if (isCard(digits)) found = i
  }
  return found
}

/** Neither part of a word nor of a decimal: `0.4111111111111111` is none. */
function standsAlone(text: string, from: number, to: number): boolean {
  const before = text.slice(Math.max(0, from - 2), from)
  const after = text.slice(to, to + 2)
  return !/[A-Za-z]$|\d\.$/.test(before) && !/^[A-Za-z]|^\.\d/.test(after)
}

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 0x30
    sum += i % 2 === 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9
  }
  return sum % 10 === 0
}
