import { readFileSync } from 'node:fs'

/** Read from the manifest: the runtime, which knows it too, is too much to load for one line. */
export function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return manifest.version
}
