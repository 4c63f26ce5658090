import type { Redactor } from '../../logging/index.ts'
import type { ResolvedConfig } from './config.ts'

/** The same configuration, live as it is, but what names the service, in every line, span and series, without what looks like a secret. */
export function safelyNamed(live: ResolvedConfig, redactor: Redactor): ResolvedConfig {
  const safe: Record<string, unknown> = {
    constantLabels: Object.freeze(
      Object.fromEntries(Object.entries(live.constantLabels).map(([name, text]) => [name, redactor.text(text)])),
    ),
  }
  for (const name of ['service', 'version', 'environment'] as const) {
    const text = live[name]
    if (text !== undefined) safe[name] = redactor.text(text)
  }
  const named = Object.getOwnPropertyDescriptors(safe)
  const all = Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(live), ...named })
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has the same keys
  return Object.freeze(all) as ResolvedConfig
}
