import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Boxman, createBoxman } from '../src/runtime/index.ts'
import type { createService as CreateService } from './support/manual-service.ts'

let boxman: Boxman
let createService: typeof CreateService

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'manual-'))
  const service = fileURLToPath(new URL('support/manual-service.ts', import.meta.url))
  const options = ['--noCheck', '--noResolve', '--ignoreConfig', '--target', 'es2023', '--module', 'nodenext']
  options.push('--allowImportingTsExtensions', '--rewriteRelativeImportExtensions', '--outDir', folder)
  execFileSync(process.execPath, [path.resolve('node_modules/typescript/bin/tsc'), ...options, service])
  const compiled: { createService: typeof CreateService } = await import(
    pathToFileURL(path.join(folder, 'manual-service.js')).href
  )
  createService = compiled.createService
  boxman = await createBoxman({ admin: { port: 0 }, log: false })
})
afterAll(() => boxman.stop())

it('B6: methods with a decorator and scopes with `using` are measured as the compiler leaves them', async () => {
  const { tables, pay } = createService(boxman)
  expect([tables.find(7), await tables.settle(7), pay(false)]).toEqual(['craps 7', 'craps 7 settled', 202])
  expect(() => tables.find(101)).toThrow(new TypeError('no table 101'))
  await expect(tables.settle(101)).rejects.toThrow('gone')
  expect(() => pay(true)).toThrow('not recorded')

  const page = await (await fetch(`${boxman.admin.url}/metrics`)).text()
  const shown = page.split('\n').filter((line) => /^http_request(s|_errors)_total/.test(line))
  expect(shown.toSorted()).toEqual([
    'http_request_errors_total{path="/tables/:id",kind="exception",error="TypeError"} 1',
    'http_request_errors_total{path="/tables/:id/settle",kind="client",error="Error"} 1',
    'http_requests_total{method="GET",path="/tables/:id",status="200"} 1',
    'http_requests_total{method="GET",path="/tables/:id",status="500"} 1',
    'http_requests_total{method="POST",path="/tables/:id/settle",status="200"} 1',
    'http_requests_total{method="POST",path="/tables/:id/settle",status="410"} 1',
    'http_requests_total{method="POST",path="/wallets/:number/pay",status="200"} 1',
    'http_requests_total{method="POST",path="/wallets/:number/pay",status="202"} 1',
  ])
})
