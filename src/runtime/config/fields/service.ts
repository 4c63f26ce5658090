import { FALLBACK } from '../fallback.ts'
import { asFlag, asLabels, asText } from '../readers.ts'
import { type ConfigField, field } from './field.ts'

export const SERVICE_FIELDS: readonly ConfigField[] = [
  field(
    'service',
    FALLBACK.service,
    asText,
    'Names the service in logs and pages. Default: `name` in `package.json` of the working directory, if there is one.',
  ),
  field('version', undefined, asText, "The service's version, shown on the page."),
  field('environment', undefined, asText, 'Where it runs, such as `production`; shown on the page.'),
  field('prefix', FALLBACK.prefix, asText, 'Before the names of the packs’ metrics: `bitcraps_bets_total`.'),
  field(
    'constantLabels',
    FALLBACK.constantLabels,
    asLabels,
    'Labels on every metric, merged name by name. Variable: `region=eu,tier=gold`.',
  ),
  field(
    'watch',
    FALLBACK.watch,
    asFlag,
    'Whether the configuration file, and the files of secrets, are read anew when they change.',
  ),
]
