/** One query of the page, as the address has it. */
export interface Asked {
  readonly expr: string
  /** `{{label}}` stands for the label's value; '' for all labels. */
  readonly legend: string
  /** Kept, but not run. */
  readonly isHidden: boolean
}

export const NOTHING_ASKED: Asked = { expr: '', legend: '', isHidden: false }
/** More would not be seen side by side. */
const MOST_QUERIES = 10

/** What the address asks for: `q`, `q2`, … with `legend`, `legend2`, … and the numbers of those that are hidden. */
export function askedIn(params: URLSearchParams): readonly Asked[] {
  const hidden = new Set((params.get('hide') ?? '').split(','))
  return numbers().flatMap((number) => {
    const expr = params.get(nameOf('q', number)) ?? ''
    if (expr === '') return []
    return [{ expr, legend: params.get(nameOf('legend', number)) ?? '', isHidden: hidden.has(String(number)) }]
  })
}

/** The same as changes to the address. Queries without a text are left out. */
export function changesOf(all: readonly Asked[]): Readonly<Record<string, string | undefined>> {
  const asked = all.filter(({ expr }) => expr.trim() !== '')
  const changes: Record<string, string | undefined> = {}
  for (const number of numbers()) {
    const query = asked[number - 1]
    changes[nameOf('q', number)] = query?.expr
    changes[nameOf('legend', number)] = query?.legend
  }
  changes['hide'] = asked.flatMap(({ isHidden }, i) => (isHidden ? [i + 1] : [])).join(',')
  return changes
}

export function isFull(all: readonly unknown[]): boolean {
  return all.length >= MOST_QUERIES
}

function numbers(): readonly number[] {
  return Array.from({ length: MOST_QUERIES }, (_, i) => i + 1)
}

function nameOf(parameter: string, number: number): string {
  return number === 1 ? parameter : `${parameter}${number}`
}
