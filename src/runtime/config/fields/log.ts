import { FALLBACK } from '../fallback.ts'
import { asDuration, asFlag, asJson, asLabels, asNumber, asText } from '../readers.ts'
import { type ConfigField, field } from './field.ts'

export const LOG_FIELDS: readonly ConfigField[] = [
  field('log.enabled', FALLBACK.log.enabled, asFlag, 'Whether log lines are written.', { changeable: 'live' }),
  field(
    'log.level',
    FALLBACK.log.level,
    asText,
    'The least severe level written: trace, debug, info, warn, error, fatal, silent; with modules behind it if need be: `info,wallet.*=debug`. See docs/logs.md.',
    { changeable: 'live' },
  ),
  field(
    'log.levels',
    undefined,
    asLabels,
    "Levels of modules by name or pattern: `{ 'wallet.*': 'debug' }`. Those in `log.level` go before them. Variable: `wallet.*=debug,db=trace`.",
    { changeable: 'live' },
  ),
  field(
    'log.levelSignal',
    undefined,
    asText,
    'A signal that turns `debug` on for everything and off again, `SIGUSR2` or `SIGHUP`; after an hour it ends by itself. Default: none.',
  ),
  field(
    'log.preset',
    FALLBACK.log.preset,
    asText,
    'The names of a line’s fields: `plain`, `ecs` (Elastic Common Schema) or `otel` (OpenTelemetry); see docs/logs.md.',
  ),
  field(
    'log.limit.enabled',
    FALLBACK.log.limit.enabled,
    asFlag,
    'Whether a message that comes in floods is limited, by level and module. Security events and `Request completed` never are.',
  ),
  field(
    'log.limit.perSecond',
    FALLBACK.log.limit.perSecond,
    asNumber,
    'Lines of one message that are written a second in the long run.',
  ),
  field('log.limit.burst', FALLBACK.log.limit.burst, asNumber, 'Lines of one message that may come at once.'),
  field(
    'log.limit.oneIn',
    FALLBACK.log.limit.oneIn,
    asNumber,
    'Of the lines over the limit every so-manieth is written; 0: none. How many were left out is told after ten seconds.',
  ),
  field(
    'log.limit.errorsPerSecond',
    undefined,
    asNumber,
    'The same as `perSecond` for `error` and `fatal`. Default: they are all written.',
  ),
  field(
    'log.tail.enabled',
    FALLBACK.log.tail.enabled,
    asFlag,
    'Whether the last lines are kept in memory, for `/api/logs`.',
  ),
  field('log.tail.lines', FALLBACK.log.tail.lines, asNumber, 'Lines that are kept; the oldest goes.'),
  field('log.tail.bytes', FALLBACK.log.tail.bytes, asNumber, 'Memory for them.'),
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
]
