import type { Redactor } from '../../logging/index.ts'
import type { ResolvedConfig } from './config.ts'

/** What names the service, in every line, span and series and on the page, without what looks like a secret. */
export function safelyNamed(config: ResolvedConfig, redactor: Redactor): ResolvedConfig {
  const { service, version, environment, constantLabels } = config
  const safe = (text: string | undefined): string | undefined => (text === undefined ? undefined : redactor.text(text))
  return Object.freeze({
    ...config,
    service: redactor.text(service),
    version: safe(version),
    environment: safe(environment),
    constantLabels: Object.freeze(
      Object.fromEntries(Object.entries(constantLabels).map(([name, text]) => [name, redactor.text(text)])),
    ),
  })
}
