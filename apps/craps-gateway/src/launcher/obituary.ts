import type { Child, Ending } from './child.ts'
import type { LauncherOptions } from './options.ts'

export function endingText({ code, signal }: Ending): string {
  if (signal !== null) return `signal ${signal}`
  return code === null ? 'it could not be started' : `exit code ${code}`
}

const LAST_LINES = 10

/** Who ended, how, what it said last, and what to do. */
export function obituary(child: Child, ending: Ending, options: LauncherOptions): string {
  const { name, reason } = child
  const hint = portHint(reason ?? child.tail.lines.join('\n'), options)
  if (reason !== undefined) return [`${name} could not start: ${reason}`, ...hint].join('\n')
  const said = child.tail.lines.slice(-LAST_LINES).map((line) => `  | ${line}`)
  return [
    `${name} has ended unexpectedly (${endingText(ending)}).`,
    ...(said.length > 0 ? [`The last that it printed:`, ...said] : ['It printed nothing.']),
    options.logs === undefined
      ? 'Start again; with --logs DIR all that it prints is kept.'
      : `Start again; all that it printed is in ${options.logs}/${name}.log.`,
    ...hint,
  ].join('\n')
}

/** A port is moved by an option; which one, tells the number. */
function portHint(text: string, { port, adminPort }: LauncherOptions): readonly string[] {
  const names = (given: number): boolean => given !== 0 && new RegExp(`\\b${given}\\b`).test(text)
  if (!/\bport\b|EADDRINUSE|EACCES|in use|taken/i.test(text)) return []
  if (names(port)) return ["Move the gateway's port with --port N; with --port 0 every port is whichever is free."]
  if (names(adminPort)) return ['Move the admin port with --admin-port N; with 0 it is whichever is free.']
  return []
}
