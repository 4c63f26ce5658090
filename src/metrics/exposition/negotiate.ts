/** How a page is written. */
export interface Format {
  readonly kind: 'text' | 'openmetrics' | 'protobuf'
  readonly contentType: string
  /** Names beyond letters, digits, _ and : are written as they are; else what is not one of these becomes _. */
  readonly utf8Names: boolean
  /** OpenMetrics only: `_created` lines. */
  readonly createdLines: boolean
}

export const TEXT: Format = {
  kind: 'text',
  contentType: 'text/plain; version=0.0.4; charset=utf-8',
  utf8Names: false,
  createdLines: true,
}

/** One entry of an Accept header. */
interface Range {
  readonly type: string
  readonly params: ReadonlyMap<string, string>
  readonly q: number
}

/**
 * The format that a scraper likes best of those we have, by an HTTP Accept header: highest q first, then what is named over
 * a wildcard, then the header's order. Text 0.0.4 when nothing fits.
 */
export function negotiate(accept: string | undefined): Format {
  const ranges = parseRanges(accept ?? '').filter(({ q }) => q > 0)
  const best = ranges.toSorted((a, b) => b.q - a.q || wildness(a.type) - wildness(b.type))
  for (const range of best) {
    const format = formatOf(range)
    if (format !== undefined) return format
  }
  return TEXT
}

/** Whether an Accept-Encoding header asks for gzip. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const ranges = parseRanges(acceptEncoding ?? '')
  const named =
    ranges.find(({ type }) => type === 'gzip' || type === 'x-gzip') ?? ranges.find(({ type }) => type === '*')
  const identity = ranges.find(({ type }) => type === 'identity')
  return named !== undefined && named.q > 0 && named.q >= (identity?.q ?? 0)
}

function formatOf({ type, params }: Range): Format | undefined {
  const version = params.get('version')
  const escaping = escapingOf(params)
  const utf8Names = escaping === 'allow-utf-8'
  const echo = escaping === undefined ? '' : `; escaping=${escaping}`
  switch (type) {
    case 'application/vnd.google.protobuf': {
      const proto = 'io.prometheus.client.MetricFamily'
      if (params.get('proto') !== proto || params.get('encoding') !== 'delimited') return undefined
      return {
        kind: 'protobuf',
        contentType: `${type}; proto=${proto}; encoding=delimited${echo}`,
        utf8Names,
        createdLines: true,
      }
    }
    case 'application/*':
    case 'application/openmetrics-text': {
      if (version !== undefined && version !== '1.0.0' && version !== '0.0.1') return undefined
      const contentType = `application/openmetrics-text; version=${version ?? '1.0.0'}; charset=utf-8${echo}`
      return { kind: 'openmetrics', contentType, utf8Names, createdLines: true }
    }
    case 'text/plain':
      if (version === '1.0.0') {
        const contentType = `${type}; version=1.0.0; charset=utf-8; escaping=${escaping ?? 'underscores'}`
        return { kind: 'text', contentType, utf8Names, createdLines: true }
      }
      return version === undefined || version === '0.0.4' ? TEXT : undefined
    case 'text/*':
    case '*/*':
      return TEXT
    default:
      return undefined
  }
}

/** Of the schemes that Prometheus knows, `dots` and `values` are not ours: such a scraper gets underscores, and is told. */
function escapingOf(params: ReadonlyMap<string, string>): 'allow-utf-8' | 'underscores' | undefined {
  const asked = params.get('escaping')
  if (asked === undefined) return undefined
  return asked === 'allow-utf-8' ? asked : 'underscores'
}

function wildness(type: string): number {
  if (type.startsWith('*')) return 2
  return type.endsWith('/*') ? 1 : 0
}

function parseRanges(header: string): Range[] {
  return header.split(',').map((entry) => {
    const [type = '', ...rest] = entry.split(';')
    const params = new Map(
      rest.map((param) => {
        const [key = '', value = ''] = param.split('=', 2)
        return [key.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')]
      }),
    )
    const q = params.get('q')
    return { type: type.trim().toLowerCase(), params, q: q === undefined ? 1 : Number(q) || 0 }
  })
}
