import type { Config, ResolvedConfig } from './config.ts'
import { CONFIG_FIELDS } from './fields/index.ts'
import { placeAt } from './place.ts'
import { mapSecrets } from './secret-schema.ts'

const HIDDEN_IN_URL = 'hidden'

/** The values as they may be shown: of a secret, that it is set and where. */
export function shownConfig(config: ResolvedConfig): Config {
  const { provenance: _, references: __, ...values } = config
  const shown: Record<string, unknown> = { ...values }
  for (const { path, secret } of CONFIG_FIELDS) {
    if (!secret) continue
    const [first = '', second] = path.split('.')
    if (second === undefined) {
      if (shown[first] !== undefined) shown[first] = shownValue(config, path, shown[first])
      continue
    }
    const group: Record<string, unknown> = { ...Object(shown[first]) }
    if (group[second] !== undefined) shown[first] = { ...group, [second]: shownValue(config, path, group[second]) }
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- texts are in the place of texts
  return shown as unknown as Config
}

/** Of one value, as of {@link shownConfig}. */
export function shownValue(
  { provenance, references }: Pick<ResolvedConfig, 'provenance' | 'references'>,
  path: string,
  value: unknown,
): unknown {
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
