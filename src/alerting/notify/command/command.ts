import { spawn } from 'node:child_process'
import type { Notification, Outcome } from '../../dispatch-types.ts'
import { messageOf } from '../../message/message.ts'
import { plainText } from '../../message/plain-text.ts'
import { start } from '../../message/truncate.ts'
import type { ChannelHost } from '../channel-host.ts'
import type { ChannelKind, Rendered } from '../channel-kind.ts'
import type { OptionReader } from '../option-reader.ts'
import { render as webhookBody } from '../webhook/webhook.ts'
import { isObject } from '../option-reader.ts'
import { jsonOf } from '../judge.ts'

export interface CommandOptions {
  readonly http: undefined
  /** A program and its arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]]
  readonly timeoutMs: number
  readonly cwd: string | undefined
  /** Added to the environment that the host has for commands. */
  readonly env: Readonly<Record<string, string>>
  /** 0: all. */
  readonly maxAlerts: number
}

const TIMEOUT_MS = 30_000
const MAX_TIMEOUT_MS = 10 * 60_000
const MAX_OUTPUT = 4096
const KILL_AFTER_MS = 2000
/** Of sysexits.h: wrong usage, bad data, no user, no permission, bad configuration; and of shells: not to be run, not found. */
const FINAL = new Set([64, 65, 67, 77, 78, 126, 127])
const FINAL_ERRORS = new Set(['ENOENT', 'EACCES', 'EPERM', 'ENOTDIR', 'E2BIG'])

export const command: ChannelKind<CommandOptions> = {
  name: 'command',
  read(reader: OptionReader): CommandOptions {
    const [program, ...args] = reader.texts('command') ?? []
    if (program === undefined || program === '')
      return reader.fail('command', 'must be a list: a program and its arguments')
    const env = reader.record('env')
    for (const value of Object.values(env)) reader.remember(value)
    return {
      http: undefined,
      command: [program, ...args],
      timeoutMs: reader.durationMs('timeout', TIMEOUT_MS, MAX_TIMEOUT_MS),
      cwd: reader.text('cwd'),
      env,
      maxAlerts: reader.whole('maxAlerts', 0, 1_000_000) ?? 0,
    }
  },
  render,
  send: ({ options, rendered, signal, host }) => run(options, rendered.body, signal, host.env),
}

/** The webhook's body, with the message in words. */
export function render(notification: Notification, { maxAlerts }: Pick<CommandOptions, 'maxAlerts'>): Rendered {
  const body = jsonOf(webhookBody(notification, { maxAlerts }).body)
  const message = messageOf(notification)
  const whole = isObject(body) ? { ...body, subject: message.subject, text: plainText(message) } : {}
  return { contentType: 'application/json', body: `${JSON.stringify(whole)}\n` }
}

function run(
  { command: [program, ...args], timeoutMs, cwd, env }: CommandOptions,
  input: string,
  signal: AbortSignal,
  base: ChannelHost['env'],
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      shell: false,
      stdio: 'pipe',
      windowsHide: true,
      ...(cwd === undefined ? {} : { cwd }),
      ...(base === undefined && Object.keys(env).length === 0 ? {} : { env: { ...base, ...env } }),
    })
    let output = ''
    let stopped: string | undefined
    let killer: NodeJS.Timeout | undefined
    const stop = (why: string): void => {
      stopped ??= why
      child.kill('SIGTERM')
      killer ??= setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS)
    }
    const abort = (): void => stop('stopped')
    const late = setTimeout(() => stop(`did not end within ${timeoutMs} ms`), timeoutMs)
    signal.addEventListener('abort', abort)
    if (signal.aborted) abort()
    const end = (outcome: Outcome): void => {
      clearTimeout(late)
      clearTimeout(killer)
      signal.removeEventListener('abort', abort)
      // What it has started itself may hold these open.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
      resolve(outcome)
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        output = start(output + text, MAX_OUTPUT)
      })
      stream.on('error', () => undefined)
    }
    child.on('error', (error) => {
      const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
      end({ kind: FINAL_ERRORS.has(code) ? 'permanent' : 'temporary', reason: error.message })
    })
    child.on('exit', (code, killedBy) => {
      // What it said last may still be on its way.
      setImmediate(() =>
        end(outcomeOf(code, stopped ?? (killedBy === null ? undefined : `was ended by ${killedBy}`), output)),
      )
    })
    // It may end without having read anything.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}

function outcomeOf(code: number | null, ended: string | undefined, output: string): Outcome {
  const said = output.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  const told = said === '' ? '' : `: ${said}`
  if (ended !== undefined) return { kind: 'temporary', reason: `the command ${ended}${told}` }
  if (code === 0) return { kind: 'delivered' }
  const reason = `the command ended with ${code}${told}`
  return { kind: code !== null && FINAL.has(code) ? 'permanent' : 'temporary', reason }
}
