import { createRedactor, type Redactor } from '../../logging/index.ts'
import type { Config, ResolvedConfig } from './config.ts'
import { CONFIG_FIELDS, fieldAt } from './fields/index.ts'
import { placeAt } from './place.ts'
import { mapSecrets } from './secret-schema.ts'

const HIDDEN_IN_URL = 'hidden'

/** The values as they may be shown: of a secret, that it is set and where; of others, without what looks like one. */
export function shownConfig(config: ResolvedConfig, redactor: Redactor = createRedactor(config.redact)): Config {
  const { provenance: _, references: __, ...values } = config
  const shown: Record<string, unknown> = { ...values }
  for (const { path } of CONFIG_FIELDS) {
    const [first = '', second] = path.split('.')
    if (second === undefined) {
      if (shown[first] !== undefined) shown[first] = shownText(config, path, shown[first], redactor)
      continue
    }
    const group: Record<string, unknown> = { ...Object(shown[first]) }
    if (group[second] !== undefined)
      shown[first] = { ...group, [second]: shownText(config, path, group[second], redactor) }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts are in the place of texts
  return shown as unknown as Config
}

/** Of one value, as of {@link shownConfig}. */
export function shownText(where: Stated, path: string, value: unknown, redactor: Redactor): unknown {
  return fieldAt(path)?.secret === true ? shownValue(where, path, value) : withoutShapes(value, redactor)
}

/** A secret may have got into any text, such as a label; names of keys are ours and say nothing. */
export function withoutShapes(value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.text(value)
  if (Array.isArray(value)) return value.map((one: unknown) => withoutShapes(one, redactor))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutShapes(inner, redactor)]))
}

type Stated = Pick<ResolvedConfig, 'provenance' | 'references'>

/** Of one value, if it is a secret: that it is set, and where. */
export function shownValue({ provenance, references }: Stated, path: string, value: unknown): unknown {
  const place = placeAt(path.split('.'))
  if (place.kind !== 'value') return value
  return mapSecrets(place.schema, value, (inner, kind, inside) => {
    const reference = references[[path, ...inside].join('.')]
    if (reference === undefined && kind === 'url' && typeof inner === 'string') return shownUrl(inner)
    return `[set, from ${reference ?? provenance[path] ?? 'default'}]`
  })
}

function shownUrl(text: string): string {
  const url = new URL(text)
  if (url.username !== '') url.username = HIDDEN_IN_URL
  if (url.password !== '') url.password = HIDDEN_IN_URL
  // A token may be among the parameters.
  if (url.search !== '') url.search = `?${HIDDEN_IN_URL}`
  if (url.hash !== '') url.hash = ''
  return url.href
}
