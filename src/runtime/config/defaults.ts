import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CONFIG_FIELDS } from './fields/index.ts'
import type { Stated } from './stated.ts'

/** What is in force where nothing is stated: the fields' own defaults, and the package's name. */
export function defaults(cwd: string): readonly Stated[] {
  const references = {}
  const out: Stated[] = []
  for (const { path, fallback } of CONFIG_FIELDS) {
    if (fallback === undefined || path === 'constantLabels') continue
    const value = path === 'service' ? (packageName(cwd) ?? fallback) : fallback
    out.push({ keys: path.split('.'), value, source: 'default', references })
  }
  return out
}

function packageName(cwd: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
    if (typeof manifest !== 'object' || manifest === null || !('name' in manifest)) return undefined
    return typeof manifest.name === 'string' && manifest.name !== '' ? manifest.name.slice(0, 100) : undefined
  } catch {
    return undefined
  }
}
