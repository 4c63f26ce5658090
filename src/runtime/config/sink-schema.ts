import * as v from 'valibot'
import { LEVELS, type SinkOptions } from '../../logging/index.ts'
import { isHttpUrl } from './schema-parts.ts'
import { secret } from './secret-schema.ts'

const EXPECTED =
  "a list of 1 to 10 such as [{ kind: 'syslog', url: 'tcp://logs.example:601' }], of the kinds elasticsearch, fluentd, loki, otlp, syslog and file"

const whole = (min: number, max: number, expected: string) =>
  v.optional(v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected)))
const text = (expected: string) => v.pipe(v.string(expected), v.minLength(1, expected), v.maxLength(1000, expected))
const matching = (pattern: RegExp, expected: string) => v.pipe(v.string(expected), v.regex(pattern, expected))

type Entries = Readonly<Record<string, v.GenericSchema>>

/** The entries of a kind, with those that each may have; a message names what may stand there. */
function sink<const Kind extends string, const Own extends Entries>(kind: Kind, own: (expected: string) => Own) {
  const names = Object.keys(own('')).join(', ')
  const expected = `${EXPECTED}; ${kind} has ${names} and name, level, maxLines, maxBytes, batchLines, batchBytes, delayMs, timeoutMs, maxBackoffMs, spool, spoolMaxBytes`
  const levels = LEVELS.filter((level) => level !== 'silent')
  return v.strictObject(
    {
      kind: v.literal(kind),
      name: v.optional(matching(/^[\w-][\w.-]{0,99}$/, `${expected}; a name has letters, digits and _.-`)),
      level: v.optional(v.picklist(levels, `${expected}; a level is one of ${levels.join(', ')}`)),
      maxLines: whole(1, 10_000_000, `${expected}; maxLines from 1 to 10000000`),
      maxBytes: whole(1024, 2 ** 32, `${expected}; maxBytes from 1024 to 4294967296`),
      batchLines: whole(1, 100_000, `${expected}; batchLines from 1 to 100000`),
      batchBytes: whole(1, 2 ** 30, `${expected}; batchBytes from 1 to 1073741824`),
      delayMs: whole(0, 600_000, `${expected}; delayMs from 0 to 600000`),
      timeoutMs: whole(1, 600_000, `${expected}; timeoutMs from 1 to 600000`),
      maxBackoffMs: whole(1, 3_600_000, `${expected}; maxBackoffMs from 1 to 3600000`),
      spool: v.optional(text(expected)),
      spoolMaxBytes: whole(1024, 2 ** 50, `${expected}; spoolMaxBytes from 1024 bytes`),
      ...own(expected),
    },
    expected,
  )
}

const headers = (expected: string) => v.optional(v.record(v.string(), secret(v.string(expected)), expected))
const httpUrl = (expected: string) =>
  secret(v.pipe(v.string(expected), v.check(isHttpUrl, `${expected}; a url begins with http:// or https://`)), 'url')
const socketUrl = (protocols: string, expected: string) =>
  secret(
    matching(
      new RegExp(`^(?:${protocols})://(?:[\\w.-]+|\\[[\\da-fA-F:.]+\\])(?::\\d{1,5})?/?$`),
      `${expected}; a url is such as ${protocols.split('|').join('://host:port or ')}://host:port`,
    ),
    'url',
  )
const maybeText = (expected: string) => v.optional(text(expected))
const maybeSecret = (expected: string) => v.optional(secret(text(expected)))
const maybeFlag = (expected: string) => v.optional(v.boolean(expected))
const tls = (expected: string) => ({ ca: maybeText(expected), cert: maybeText(expected), key: maybeText(expected) })

const INDEX = /^[^A-Z\s\\/*?"<>|,#:_+.-][^A-Z\s\\/*?"<>|,#:]{0,199}$/

/** `log.ship` */
export const SINKS: v.GenericSchema<readonly SinkOptions[]> = v.pipe(
  v.array(
    v.variant(
      'kind',
      [
        sink('elasticsearch', (expected) => ({
          url: httpUrl(expected),
          index: v.optional(matching(INDEX, `${expected}; an index has small letters, digits and -_.`)),
          headers: headers(expected),
          gzip: maybeFlag(expected),
        })),
        sink('fluentd', (expected) => ({
          url: socketUrl('tcp|tls', expected),
          ...tls(expected),
          tag: maybeText(expected),
          ack: maybeFlag(expected),
          sharedKey: maybeSecret(expected),
          username: maybeText(expected),
          password: maybeSecret(expected),
        })),
        sink('loki', (expected) => ({
          url: httpUrl(expected),
          labels: v.optional(
            v.record(
              matching(/^[a-zA-Z_]\w*$/, `${expected}; labels have names of letters, digits and _`),
              v.string(expected),
              expected,
            ),
          ),
          tenant: maybeText(expected),
          headers: headers(expected),
          gzip: maybeFlag(expected),
        })),
        sink('otlp', (expected) => ({ url: httpUrl(expected), headers: headers(expected), gzip: maybeFlag(expected) })),
        sink('syslog', (expected) => ({
          url: socketUrl('tcp|tls|udp', expected),
          ...tls(expected),
          facility: whole(0, 23, `${expected}; facility from 0 to 23`),
          maxDatagram: whole(480, 65_507, `${expected}; maxDatagram from 480 to 65507`),
        })),
        sink('file', (expected) => ({
          path: text(expected),
          rotateBytes: whole(1024, 2 ** 50, `${expected}; rotateBytes from 1024`),
          rotateAfterMs: whole(1000, 3_155_760_000_000, `${expected}; rotateAfterMs from 1000`),
          keep: whole(0, 1000, `${expected}; keep from 0 to 1000`),
          reopenOnHangup: maybeFlag(expected),
        })),
      ],
      EXPECTED,
    ),
    EXPECTED,
  ),
  v.minLength(1, EXPECTED),
  v.maxLength(10, EXPECTED),
)
