import { readFileSync } from 'node:fs'

/** Of this package, read from its manifest. */
export function boxmanVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : ''
  return typeof version === 'string' ? version : ''
}
