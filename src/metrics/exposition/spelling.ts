import type { MetricReader } from '../reader.ts'
import type { Format } from './negotiate.ts'

const LEGACY_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const LEGACY_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '"': '\\"' }

/** How one metric is called in one format. */
export interface FamilyNames {
  readonly type: string
  /** In HELP, TYPE and UNIT, or the message's name. */
  readonly family: string
  /** What its lines' names are, or begin with. */
  readonly sample: string
  /** What `_created` follows; undefined where there may be no such line, nor exemplars. */
  readonly created: string | undefined
  /** Empty unless the family's name ends in it: a reader refuses the page otherwise. */
  readonly unit: string
}

/**
 * Every name is the same series name in every format, so that a query does not depend on what was negotiated. To that end a
 * counter without `_total` is of the type `unknown` in OpenMetrics, which would have it renamed.
 */
export function familyNames({ kind, name, unit }: MetricReader, { kind: format, utf8Names }: Format): FamilyNames {
  const spelled = utf8Names ? name : legacyName(name)
  const sample = kind === 'info' && !spelled.endsWith('_info') ? `${spelled}_info` : spelled
  const bare = kind === 'counter' ? sample.replace(/_total$/, '') : sample
  const fits = unit !== '' && kind !== 'info' && kind !== 'stateset' && bare.endsWith(`_${unit}`)
  const rest = { sample, unit: fits ? unit : '' }
  if (format !== 'openmetrics') {
    const type = kind === 'info' || kind === 'stateset' ? 'gauge' : kind
    return { ...rest, type, family: sample, created: undefined }
  }
  switch (kind) {
    case 'counter':
      if (bare === sample) return { ...rest, type: 'unknown', family: sample, created: undefined }
      return { ...rest, type: kind, family: bare, created: bare }
    case 'info':
      return { ...rest, type: kind, family: sample.slice(0, -'_info'.length), created: undefined }
    case 'histogram':
    case 'summary':
      return { ...rest, type: kind, family: sample, created: sample }
    case 'gauge':
    case 'stateset':
      return { ...rest, type: kind, family: sample, created: undefined }
  }
}

/** How many exemplars a series of this metric can have. */
export function exemplarsOf({ kind, bounds }: MetricReader): number {
  if (kind === 'counter') return 1
  return kind === 'histogram' ? bounds.length + 1 : 0
}

/** A stateset's states stand in a label of the metric's own name. */
export function stateLabel({ name }: MetricReader, utf8Names: boolean): string {
  return utf8Names && !LEGACY_METRIC.test(name) ? name : legacyName(name).replaceAll(':', '_')
}

/** A name in the comment lines of a text format. */
export function quoteName(name: string): string {
  return LEGACY_METRIC.test(name) ? name : `"${escapeValue(name)}"`
}

/** What stands before a line's labels, and before its value when it has none. */
export function lineStart(name: string): { readonly open: string; readonly bare: string } {
  if (LEGACY_METRIC.test(name)) return { open: `${name}{`, bare: `${name} ` }
  return { open: `{"${escapeValue(name)}",`, bare: `{"${escapeValue(name)}"} ` }
}

/** `name="` of a label in a text format. */
export function labelStart(name: string, utf8Names: boolean): string {
  if (LEGACY_LABEL.test(name)) return `${name}="`
  return utf8Names ? `"${escapeValue(name)}"="` : `${legacyName(name).replaceAll(':', '_')}="`
}

export function escapeValue(text: string): string {
  return /[\\\n"]/.test(text) ? text.replace(/[\\\n"]/g, (char) => ESCAPES[char] ?? char) : text
}

/** In OpenMetrics quotes are escaped too. */
export function escapeHelp(text: string, format: Format['kind']): string {
  return format === 'openmetrics' ? escapeValue(text) : text.replace(/[\\\n]/g, (char) => ESCAPES[char] ?? char)
}

/** Prometheus's `underscores` escaping. */
export function legacyName(name: string): string {
  if (LEGACY_METRIC.test(name)) return name
  return Array.from(name, (char, i) => (/[a-zA-Z_:]/.test(char) || (i > 0 && /\d/.test(char)) ? char : '_')).join('')
}
