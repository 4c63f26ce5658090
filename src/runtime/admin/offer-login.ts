import type { Admin } from './admin.ts'

type Terminal = Pick<NodeJS.WriteStream, 'isTTY' | 'write'>

/**
 * Shows whoever started the process a way into the console, where credentials are asked for. At a terminal only, and past the log:
 * where that goes, others read it.
 */
export function offerLogin(admin: Pick<Admin, 'makeLoginLink'>, terminal: Terminal = process.stderr): void {
  if (!terminal.isTTY) return
  const link = admin.makeLoginLink()
  if (link !== undefined) terminal.write(`Boxman's console, for one person and ten minutes: ${link}\n`)
}
