import type { Family, SeriesLabels } from '../family.ts'

/** The text format 0.0.4, as https://prometheus.io/docs/instrumenting/exposition_formats/ defines it. */
export const TEXT_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const HELP_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n' }
const LABEL_ESCAPES: Readonly<Record<string, string>> = { ...HELP_ESCAPES, '"': '\\"' }

/** One family's lines, or nothing when it has no series. */
export function renderText(family: Family): string {
  if (family.series.length === 0) return ''
  const { name } = family
  const help = family.help.replace(/[\\\n]/g, (char) => HELP_ESCAPES[char] ?? char)
  const lines = [`# HELP ${name} ${help}`, `# TYPE ${name} ${family.kind}`]
  if (family.kind === 'histogram') {
    for (const { labels, buckets, sum, count } of family.series) {
      for (const bucket of buckets) {
        lines.push(`${name}_bucket${renderLabels(labels, `le="${renderNumber(bucket.le)}"`)} ${bucket.count}`)
      }
      const own = renderLabels(labels)
      lines.push(`${name}_sum${own} ${renderNumber(sum)}`, `${name}_count${own} ${count}`)
    }
  } else {
    for (const { labels, value } of family.series) lines.push(`${name}${renderLabels(labels)} ${renderNumber(value)}`)
  }
  return `${lines.join('\n')}\n`
}

function renderLabels(labels: SeriesLabels, last = ''): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/[\\\n"]/g, (char) => LABEL_ESCAPES[char] ?? char)}"`,
  )
  if (last !== '') pairs.push(last)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function renderNumber(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  return String(value)
}
