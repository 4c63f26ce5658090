import type { Severity } from './levels.ts'
import { LEVELS } from './levels.ts'

export const PRESETS = ['plain', 'ecs', 'otel'] as const
/** Under which names a line's own fields are written. */
export type Preset = (typeof PRESETS)[number]

/** The names of one preset. */
export interface FieldNames {
  readonly preset: Preset
  readonly time: string
  readonly level: string
  readonly service: string
  readonly module: string
  readonly message: string
  readonly correlationId: string
  readonly traceId: string
  readonly spanId: string
  readonly userId: string
  readonly sessionId: string
  readonly gameId: string
  /** Of an error's parts; undefined: an error is an object of its own, `err`. */
  readonly error: { readonly type: string; readonly message: string; readonly stack: string } | undefined
  /** Of what `lines()` is given under its plain name. */
  readonly others: Readonly<Record<string, string>>
}

const REQUEST = { method: 'http.request.method', route: 'http.route', status: 'http.response.status_code' }

export const FIELD_NAMES: Readonly<Record<Preset, FieldNames>> = {
  plain: {
    preset: 'plain',
    time: 'time',
    level: 'level',
    service: 'service',
    module: 'module',
    message: 'msg',
    correlationId: 'correlation_id',
    traceId: 'trace_id',
    spanId: 'span_id',
    userId: 'user_id',
    sessionId: 'session_id',
    gameId: 'game_id',
    error: undefined,
    others: {},
  },
  // https://www.elastic.co/docs/reference/ecs/ecs-field-reference; what it has no name for is a label.
  ecs: {
    preset: 'ecs',
    time: '@timestamp',
    level: 'log.level',
    service: 'service.name',
    module: 'log.logger',
    message: 'message',
    correlationId: 'labels.correlation_id',
    traceId: 'trace.id',
    spanId: 'span.id',
    userId: 'user.id',
    sessionId: 'labels.session_id',
    gameId: 'labels.game_id',
    error: { type: 'error.type', message: 'error.message', stack: 'error.stack_trace' },
    others: REQUEST,
  },
  // https://opentelemetry.io/docs/specs/otel/logs/data-model/ and the semantic conventions, flat.
  otel: {
    preset: 'otel',
    time: 'timestamp',
    level: 'severity_text',
    service: 'service.name',
    module: 'otel.scope.name',
    message: 'body',
    correlationId: 'correlation.id',
    traceId: 'trace_id',
    spanId: 'span_id',
    userId: 'user.id',
    sessionId: 'session.id',
    gameId: 'game.id',
    error: { type: 'exception.type', message: 'exception.message', stack: 'exception.stacktrace' },
    others: REQUEST,
  },
}

const ECS_VERSION = '8.17.0'

/** https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber */
export const SEVERITY_NUMBERS: Readonly<Record<Severity, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}

/** What stands around the time in the lines of one level: `{"level":"info","time":"` and `","service":"gateway"`. */
export interface Head {
  readonly severity: Severity
  readonly before: string
  readonly after: string
}

/** The heads of a module's lines, in the order of the levels. */
export function headsOf(names: FieldNames, service: string | undefined, module: string | undefined): readonly Head[] {
  const owner = textField(names.service, service) + textField(names.module, module)
  return LEVELS.filter((level) => level !== 'silent').map((severity) => {
    const level = `"${names.level}":"${names.preset === 'otel' ? severity.toUpperCase() : severity}"`
    switch (names.preset) {
      case 'plain':
        return { severity, before: `{${level},"${names.time}":"`, after: `"${owner}` }
      case 'ecs':
        return { severity, before: `{"${names.time}":"`, after: `",${level},"ecs.version":"${ECS_VERSION}"${owner}` }
      case 'otel': {
        const number = `"severity_number":${SEVERITY_NUMBERS[severity]}`
        return { severity, before: `{"${names.time}":"`, after: `",${level},${number}${owner}` }
      }
    }
  })
}

/** The names that only the logger itself may use. */
export function ownNames(names: FieldNames): ReadonlySet<string> {
  const own = [names.time, names.level, names.service, names.module]
  return new Set([...own, ...(names.preset === 'plain' ? [] : ['ecs.version', 'severity_number'])])
}

/** The names under which `lines()` writes what it is given. */
export function renamed(names: FieldNames, name: string): string {
  const { preset: _, ...plain } = FIELD_NAMES.plain
  const key = Object.entries(plain).find(([, plainName]) => plainName === name)?.[0]
  const own = key === undefined ? undefined : Reflect.get(names, key)
  if (typeof own === 'string') return own
  return Object.hasOwn(names.others, name) ? (names.others[name] ?? name) : name
}

function textField(name: string, value: string | undefined): string {
  return value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`
}
