import type { Severity } from '../levels.ts'
import type { Entry } from './delivery.ts'

/** https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1 */
const SEVERITIES: Readonly<Record<Severity, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 }

/** Who speaks: what every message of a process has in its head. */
export interface SyslogHead {
  /** 0 to 23; 16 is `local0`. */
  readonly facility: number
  readonly host: string
  readonly app: string
  readonly pid: number
}

/** A message of RFC 5424 whose text is the line: `<134>1 2026-01-01T00:00:00.000Z host app 7 - - {...}`. */
export function syslogMessage({ facility, host, app, pid }: SyslogHead, { line, level, at }: Entry): string {
  const priority = facility * 8 + SEVERITIES[level]
  return `<${priority}>1 ${new Date(at).toISOString()} ${printable(host, 255)} ${printable(app, 48)} ${pid} - - ${line}`
}

function printable(text: string, max: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, '_').slice(0, max) || '-'
}
