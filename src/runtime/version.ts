import { readFileSync } from 'node:fs'
import { PACKAGE_ROOT } from './package-root.ts'

/** Of this package, read from its manifest. */
export function boxmanVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8'))
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : ''
  return typeof version === 'string' ? version : ''
}
