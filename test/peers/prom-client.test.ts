import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { root } from '../support/peer.ts'

const run = promisify(execFile)

const INSTALLED = {
  express: '5.3.0',
  'express-prom-bundle': '8.0.0',
  'prometheus-api-metrics': '4.0.0',
}

/** Asks an application that is watched by a library for its page; the numbers of a run are not told. */
const PROGRAM = `
const express = require('express')
const client = require('prom-client')
async function linesOf(app) {
  app.get('/hello/:id', (request, response) => response.send('hello'))
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const url = 'http://127.0.0.1:' + server.address().port
  for (const path of ['/hello/1', '/hello/2', '/none']) await (await fetch(url + path)).text()
  const response = await fetch(url + '/metrics')
  const page = await response.text()
  server.closeAllConnections()
  server.close()
  const exact = /^(up|own_total|http_\\w+_count|app_version)/
  return [response.headers.get('content-type'), ...page.split('\\n')
    .filter((line) => !/(resources|handles|requests|gc_duration_seconds\\w*)\\{/.test(line))
    .map((line) => line.startsWith('#') || exact.test(line) ? line : line.replace(/ \\S+$/, ''))]
}
async function main() {
  const bundle = require('express-prom-bundle')
  const bundled = express()
  bundled.use(bundle({ includeMethod: true, includePath: true, promClient: { collectDefaultMetrics: {} } }))
  new client.Counter({ name: 'own_total', help: 'Own.' }).inc(2)
  const pages = [await linesOf(bundled)]
  client.register.clear()
  pages.push(await linesOf(express().use(require('prometheus-api-metrics')())))
  process.stdout.write(JSON.stringify({ pages, drop: 'ClusterRegistry' in client }), () => process.exit())
}
main()
`

describe('peers: libraries that bring their own metrics to prom-client', () => {
  let folder = ''
  let missing: string | undefined

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'boxman-prom-client-')))
    const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], {
      cwd: root,
    })
    cpSync(path.join(root, 'docs/prom-client'), path.join(folder, 'prom-client'), { recursive: true })
    const manifest = {
      name: 'app',
      version: '1.0.0',
      private: true,
      dependencies: { ...INSTALLED, boxman: `file:${stdout.trim()}`, 'prom-client': 'file:prom-client' },
      overrides: { 'prom-client': '$prom-client' },
    }
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest))
    writeFileSync(path.join(folder, 'program.cjs'), PROGRAM)
    try {
      await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts'], {
        cwd: folder,
        timeout: 50_000,
      })
    } catch (error) {
      missing = `npm cannot install ${Object.keys(INSTALLED).join(', ')}: ${String(error).split('\n')[1] ?? ''}`
    }
  })
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  async function pages(skip: TestContext['skip']): Promise<unknown> {
    if (missing !== undefined) {
      if (process.env['BOXMAN_PEERS'] === 'required') throw new Error(`BOXMAN_PEERS=required, and ${missing}`)
      skip(missing)
    }
    const { stdout } = await run(process.execPath, ['program.cjs'], { cwd: folder })
    return JSON.parse(stdout)
  }

  it('have the same page with ours as with prom-client itself', async ({ skip }) => {
    const ours = (await pages(skip)) as { pages: string[][] }
    const installed = path.join(folder, 'node_modules/prom-client')
    unlinkSync(installed)
    symlinkSync(path.join(root, 'node_modules/prom-client'), installed)
    expect(await pages(skip)).toEqual({ pages: ours.pages, drop: false })
    expect(ours).toMatchObject({ drop: true })
    expect(ours.pages[0]).toContain(
      'http_request_duration_seconds_count{status_code="200",method="GET",path="/hello/#val"} 2',
    )
    expect(ours.pages[1]).toContain('http_request_duration_seconds_count{method="GET",route="/hello/:id",code="200"} 2')
  })
})
