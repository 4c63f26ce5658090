import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Whatever tests leave in the folder of temporary files goes with them. */
export default function useOwnTemporaryFolder(): () => void {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-tests-'))
  chmodSync(folder, 0o711) // for servers that run as somebody else
  process.env['TMPDIR'] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
