import type { MemoryMetric, MemoryRegistry } from './memory-registry.test.support.ts'
import type { Exemplar } from '../reader.ts'

/** The text formats once more, plain and slow, by their specifications. */
export function naivePage(registry: MemoryRegistry, open: boolean): string {
  const families = registry.held.filter(({ series }) => series.some((one) => one !== undefined))
  const page = families.map((metric) => naiveFamily(metric, Object.entries(registry.constantLabels), open)).join('')
  return open ? `${page}# EOF\n` : page
}

const escape = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')
const number = (value: number): string => String(value).replace(/^(-?)Infinity$/, (_, sign) => `${sign || '+'}Inf`)
const bound = (value: number): string => (Number.isInteger(value) ? `${value}.0` : number(value))

function naiveFamily(metric: MemoryMetric, constant: [string, string][], open: boolean): string {
  const { kind, name, help, unit } = metric
  const isTotal = name.endsWith('_total')
  let family = name
  let type: string = kind
  if (open && kind === 'counter' && isTotal) family = name.slice(0, -6)
  if (open && kind === 'counter' && !isTotal) type = 'unknown'
  if (open && kind === 'info') family = name.slice(0, -5)
  if (!open && (kind === 'info' || kind === 'stateset')) type = 'gauge'
  const text = open ? escape(help) : help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
  const lines = [`# HELP ${family} ${text}`, `# TYPE ${family} ${type}`]
  if (open && unit !== '' && family.endsWith(`_${unit}`)) lines.push(`# UNIT ${family} ${unit}`)
  const order = [...metric.series.keys()].sort((a, b) => metric.epoch(a) - metric.epoch(b))
  for (const slot of order) {
    const series = metric.series[slot]
    if (series === undefined) continue
    const labels = metric.labelNames.flatMap((label, i): [string, string][] => {
      const value = series.labels[i]
      return value === undefined ? [] : [[label, value]]
    })
    const line = (suffix: string, value: number, own: [string, string][] = [], exemplar?: Exemplar): void => {
      const pairs = [...labels, ...constant, ...own].map(([label, value]) => `${label}="${escape(value)}"`)
      const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`
      lines.push(`${name}${suffix}${braces} ${number(value)}${open && exemplar ? naiveExemplar(exemplar) : ''}`)
    }
    const values = metric.numbers(slot)
    const show = open ? bound : number
    if (kind === 'histogram') {
      let count = 0
      for (const [i, le] of [...metric.bounds, Infinity].entries()) {
        line('_bucket', (count += values[i] ?? 0), [['le', show(le)]], series.exemplars.get(i))
      }
      line('_sum', values.at(-1) ?? 0)
      line('_count', count)
    } else if (kind === 'summary') {
      metric.quantiles.forEach((q, i) => line('', values[2 + i] ?? 0, [['quantile', show(q)]]))
      line('_sum', values[1] ?? 0)
      line('_count', values[0] ?? 0)
    } else if (kind === 'stateset') {
      metric.states.forEach((state, i) => line('', values[i] ?? 0, [[name, state]]))
    } else {
      line('', values[0] ?? 0, [], type === 'counter' ? series.exemplars.get(0) : undefined)
    }
    const began = kind === 'histogram' || kind === 'summary' || (kind === 'counter' && isTotal)
    if (open && began && !Number.isNaN(series.createdAt)) {
      const pairs = [...labels, ...constant].map(([label, value]) => `${label}="${escape(value)}"`)
      lines.push(`${family}_created${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${series.createdAt / 1000}`)
    }
  }
  return lines.map((line) => `${line}\n`).join('')
}

function naiveExemplar({ labels, value, at }: Exemplar): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escape(text)}"`)
  return ` # {${pairs.join(',')}} ${number(value)}${Number.isNaN(at) ? '' : ` ${at / 1000}`}`
}
