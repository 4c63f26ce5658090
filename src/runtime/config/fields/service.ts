import { FALLBACK } from '../fallback.ts'
import { asDuration, asFlag, asJson, asLabels, asList, asNumber, asText } from '../readers.ts'
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
  field('log.enabled', FALLBACK.log.enabled, asFlag, 'Whether log lines are written.', { changeable: 'live' }),
  field(
    'log.level',
    FALLBACK.log.level,
    asText,
    'The least severe level written: trace, debug, info, warn, error, fatal, silent.',
    { changeable: 'live' },
  ),
  field(
    'log.ship',
    undefined,
    asJson,
    'Where lines go besides standard output: `[{ kind, url, ... }]`, of the kinds `elasticsearch`, `fluentd`, `loki`, `otlp`, `syslog` and `file`; see docs/logs.md. Keys, passwords and headers are never shown. Variable: the same as JSON.',
  ),
  field(
    'log.shipDeadlineMs',
    FALLBACK.log.shipDeadlineMs,
    asDuration,
    'How long the process’s end waits for lines that have not been shipped. Variable: a duration.',
    { variable: 'BOXMAN_LOG_SHIP_DEADLINE', changeable: 'live' },
  ),
  field(
    'redact.paths',
    FALLBACK.redact.paths,
    asList,
    'Places of fields whose values are never shown: `user.card.number`, `headers["x-api-key"]`, `*.pin`, `items[*].pin`. See docs/redaction.md. Variable: `user.pin,*.iban`.',
  ),
  field(
    'redact.keys',
    FALLBACK.redact.keys,
    asList,
    'Names of secrets besides the usual ones, whatever their case and separators; `*` at an end stands for any text. Variable: `pin,*ssn`.',
  ),
  field(
    'redact.allow',
    FALLBACK.redact.allow,
    asList,
    'Names that are no secrets although they look so, such as `pageToken`. Variable: `pageToken,cacheKey`.',
  ),
  field(
    'redact.shapes',
    FALLBACK.redact.shapes,
    asList,
    'What is taken out of texts by its looks. Variable: `jwt,card`.',
  ),
  field('redact.emails', FALLBACK.redact.emails, asFlag, 'Whether addresses of e-mail are taken out of texts.'),
  field('redact.replacement', FALLBACK.redact.replacement, asText, 'What stands in the place of a secret.'),
  field(
    'admin.enabled',
    FALLBACK.admin.enabled,
    asFlag,
    'Whether the admin server listens. The handler can be mounted either way.',
  ),
  field(
    'admin.host',
    FALLBACK.admin.host,
    asText,
    'Address the admin server listens on. `0.0.0.0` or `::` lets other machines in.',
  ),
  field('admin.port', FALLBACK.admin.port, asNumber, 'Port of the admin server; 0 takes a free one.'),
  field('admin.basePath', FALLBACK.admin.basePath, asText, 'Path before all endpoints, such as `/ops/boxman`.'),
  field(
    'admin.token',
    undefined,
    asList,
    'Asked for as `Authorization: Bearer ...` by every endpoint but the probes: one token or a list of them. Never shown. Variable: `a,b`.',
    { changeable: 'file' },
  ),
  field(
    'admin.allow',
    undefined,
    asList,
    'Addresses and ranges that may ask, such as `10.0.0.0/8` or `::1`; of the connection itself, whatever its headers say. Variable: `10.0.0.0/8,::1`.',
    { changeable: 'file' },
  ),
  field(
    'admin.guardProbes',
    FALLBACK.admin.guardProbes,
    asFlag,
    'Whether `admin.token` and `admin.allow` guard the probes too. Off, `/health`, `/ready`, `/livez` and the like answer everybody, as a kubelet has no token; why a check fails is told to who may ask.',
    { changeable: 'file' },
  ),
]
