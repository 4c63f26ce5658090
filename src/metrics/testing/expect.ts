import { expose } from '../exposition/expose.ts'
import type { MetricReader, RegistryReader } from '../reader.ts'
import type { Registry } from '../registry.ts'

/** What the lines of a metric add to its name. */
const SUFFIXES: Partial<Record<MetricReader['kind'], readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['_sum', '_count'],
  info: ['_info'],
}

type Labels = Readonly<Record<string, string | number>>

/**
 * What a series is worth, for a test: its value; of a histogram or summary its count and sum. A stateset's series have their
 * state for a label.
 * The labels must be all of the series' labels, constant ones aside. Undefined: there is no such series.
 * @throws RangeError when no metric has this name, with the names that there are.
 */
export async function valueOf(
  registry: Registry,
  name: string,
  labels: Labels = {},
): Promise<number | { readonly count: number; readonly sum: number } | undefined> {
  const families = await registry.collect()
  const family = families.find((each) => each.name === name)
  if (family === undefined) {
    throw new RangeError(`no metric ${name}; there are: ${families.map((each) => each.name).join(', ') || 'none'}`)
  }
  const constant = registry.constantLabels
  const wanted = Object.entries(labels)
  const matches = ({ labels: own }: { readonly labels: Readonly<Record<string, string>> }): boolean =>
    Object.keys(own).filter((key) => !(key in constant)).length === wanted.length &&
    wanted.every(([key, value]) => own[key] === String(value))
  if (family.kind === 'histogram' || family.kind === 'summary') {
    const series = family.series.find(matches)
    return series && { count: series.count, sum: series.sum }
  }
  return family.series.find(matches)?.value
}

/**
 * Compares metrics with the page's text, line by line in any order; comments and blank lines in `text` do not count.
 * Returns what is missing (`-`) and what is there besides (`+`); empty when they are the same.
 * @param names the metrics to compare; default those that `text` names in its lines.
 */
export async function differenceFromText(
  registry: Registry,
  text: string,
  names?: readonly string[],
): Promise<readonly string[]> {
  const wanted = linesOf(text)
  const named = new Set(names ?? [])
  const isMeant = ({ kind, name }: MetricReader): boolean =>
    names === undefined
      ? wanted.some((line) => isLineOf(kind, name, line.slice(0, line.search(/[{ ]/))))
      : named.has(name)
  const page = await renderText({
    constantLabels: registry.constantLabels,
    refresh: async () => registry.refresh(),
    metrics: () => Array.from(registry.metrics()).filter(isMeant),
  })
  const found = linesOf(page)
  return [...without(wanted, found).map((line) => `- ${line}`), ...without(found, wanted).map((line) => `+ ${line}`)]
}

async function renderText(registry: RegistryReader): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of expose(registry).body) text += decoder.decode(piece, { stream: true })
  return text
}

function isLineOf(kind: MetricReader['kind'], name: string, line: string): boolean {
  return line === name || SUFFIXES[kind]?.some((suffix) => line === name + suffix) === true
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

/** Each line of `others` takes away one equal line. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const rest = [...others]
  return lines.filter((line) => {
    const at = rest.indexOf(line)
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}
