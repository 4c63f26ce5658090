import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { WebSocketMeter } from '../src/instrument/index.ts'
import { needNode, OTHER_NODES } from './support/other-node.ts'

const CHECKS = fileURLToPath(new URL('support/global-websocket-checks.mjs', import.meta.url))
const run = promisify(execFile)
const major = Number.parseInt(process.versions.node, 10)

it.for(['this', ...OTHER_NODES])("sockets of node's own client are counted, on node %s", async (version, { skip }) => {
  const program = version === 'this' ? process.execPath : needNode(version, skip)
  const named = version === 'this' ? major : Number(version)
  // Node 20 has its client for those who ask.
  const { stdout } = await run(program, [...(named < 22 ? ['--experimental-websocket', '--no-warnings'] : []), CHECKS])
  const { both, left, afterUndo, last, seen, ...rest } = JSON.parse(stdout)
  const received = named < 24 ? { text: 0, binary: 0 } : { text: 2, binary: 2 }
  const payloadBytes = { received: named < 24 ? 0 : 20 }
  expect(both).toEqual({
    open: 2,
    opened: 2,
    closed: [],
    messages: { sent: { text: 1, binary: 1 }, received },
    payloadBytes: { ...payloadBytes, sent: 12 },
  })
  const counted = {
    opened: 2,
    closed: [['4xxx', 1]],
    messages: { sent: { text: 2, binary: 1 }, received },
    payloadBytes: { ...payloadBytes, sent: 17 },
  }
  expect([left, afterUndo, last]).toEqual([{ open: 1, ...counted }, 0, { open: 0, ...counted }])
  expect(seen).toEqual({ messages: 5, bytes: 5 + 7 + 5 + 9 + 6 })
  expect(rest).toEqual({ same: true, warnings: [], faults: [] })
})

it.skipIf(major >= 22)('a node without a client of its own is told in one line (B12)', () => {
  const said: unknown[] = []
  const meter = new WebSocketMeter({
    now: () => 0,
    onFault: (error) => said.push(error),
    warn: (message) => said.push(message),
  })
  meter.globalClient()()
  meter.undo()
  expect(said).toEqual([`node ${process.versions.node} has no WebSocket of its own (22 has): there is none to measure`])
})
