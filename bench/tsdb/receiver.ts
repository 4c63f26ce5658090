import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createBoxman } from 'boxman'

/** A service that takes remote writes into a store with a folder; says where, and ends with its parent. */
const folder = mkdtempSync(path.join(tmpdir(), 'boxman-receiver-'))
const boxman = await createBoxman({
  admin: { port: 0 },
  log: false,
  metrics: false,
  store: { folder },
  ingest: { remoteWrite: true },
})
process.once('disconnect', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit(0)
})
process.send?.(boxman.admin.url)
