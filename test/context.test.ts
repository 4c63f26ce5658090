import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { needNode, OTHER_NODES } from './support/other-node.ts'

const POINTS = ['handler', 'data', 'end', 'timer', 'finish', 'close']
const CHECKS = fileURLToPath(new URL('support/context-checks.mjs', import.meta.url))

const run = promisify(execFile)

it.for(['this', ...OTHER_NODES])(
  'G11: the context is right in every listener of a request, on node %s',
  async (version, { skip }) => {
    const program = version === 'this' ? process.execPath : needNode(version, skip)
    const { stdout } = await run(program, [CHECKS])
    const { seen, ...rest }: { seen: string[] } = JSON.parse(stdout)
    const want = ['r1', 'r2', 'r3', 'r4', 'r5'].flatMap((name) => POINTS.map((point) => `${name} ${point}: ${name}`))
    expect(want).toHaveLength(30)
    expect(seen.toSorted()).toEqual(want.toSorted())
    expect(rest).toEqual({ kept: true, after: 'none' })
  },
)
