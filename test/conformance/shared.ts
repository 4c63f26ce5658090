import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../support/peer.ts'

const shared = process.env['BOXMAN_SHARED'] ?? path.join(root, '..', 'shared')

/** The folder of the conformance data, or why there is none. */
export function conformanceFolder(): { readonly folder: string } | { readonly missing: string } {
  const folder = path.join(shared, 'conformance')
  if (existsSync(path.join(folder, 'promql', 'index.json'))) return { folder }
  return { missing: `the conformance data is not at ${folder}; BOXMAN_SHARED names the folder above it` }
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'))
}

/** How one case of a part came out; no fault: as it should. */
export interface CaseOutcome {
  readonly name: string
  readonly fault: string | undefined
}
