import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ProxyTracer, trace } from '@opentelemetry/api'
import { afterEach, describe, expect, it } from 'vitest'
import { type Boxman, type ConfigInput, createBoxman } from '../index.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A folder of an application that has this for the API. */
function application(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'boxman-otel-'))
  const home = path.join(folder, 'node_modules/@opentelemetry/api')
  if (Object.keys(files).length > 0) mkdirSync(home, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(home, name), text)
  return folder
}

/** One with the API itself, of this version by its manifest. */
function withApi(version: string): string {
  const folder = application({ 'package.json': '{}' })
  const home = path.join(folder, 'node_modules/@opentelemetry/api')
  cpSync(path.resolve('node_modules/@opentelemetry/api/dist'), path.join(home, 'dist'), { recursive: true })
  writeFileSync(path.join(home, 'package.json'), JSON.stringify({ version, main: 'dist/index.cjs' }))
  return folder
}

class ElsewhereProvider {
  getTracer(): ProxyTracer {
    return new ProxyTracer({ getDelegateTracer: () => undefined }, 'elsewhere')
  }
}

async function observed(cwd: string, openTelemetry?: boolean): Promise<{ boxman: Boxman; warnings: unknown[] }> {
  const warnings: unknown[] = []
  const write = (line: string): void => {
    const { level, detail, msg }: Record<string, unknown> = JSON.parse(line)
    if (level === 'warn' || Number(level) >= 40) warnings.push(`${String(msg)}: ${String(detail)}`)
  }
  const tracing = openTelemetry === undefined ? {} : { openTelemetry }
  const code: ConfigInput = { service: 'shop', admin: { port: 0 }, thresholds: { memoryBytes: 1e12 }, tracing }
  const boxman = await createBoxman(code, { env: {}, cwd, logDestination: { write } })
  closing.push(() => boxman.stop())
  return { boxman, warnings }
}

const isOurs = (): boolean => trace.getTracer('t').startSpan('s').isRecording()
const NOT_TAKEN = 'Spans of OpenTelemetry are not taken: '

describe('the API of OpenTelemetry', () => {
  it.each<[string, () => string, boolean | undefined, boolean, string[]]>([
    ['is ours where it is installed', () => process.cwd(), undefined, true, []],
    ['is ours where it is asked for', () => process.cwd(), true, true, []],
    ['is ours where only the application has it', () => withApi('1.9.1'), undefined, true, []],
    ['is left alone where that is said', () => process.cwd(), false, false, []],
    ['is not missed', application, undefined, false, []],
    [
      'is missed where it is asked for',
      application,
      true,
      false,
      ['@opentelemetry/api is not installed: npm install @opentelemetry/api'],
    ],
    [
      'of a version to come is refused',
      () => withApi('2.0.0'),
      undefined,
      false,
      ['@opentelemetry/api 2.0.0 is not known here: install version 1'],
    ],
    [
      'that cannot be loaded is refused',
      () => application({ 'package.json': '{"version":"1.4.0"}', 'index.js': 'throw new Error("broken")' }),
      undefined,
      false,
      ['@opentelemetry/api 1.4.0 could not be loaded: install it anew'],
    ],
  ])('%s', async (_, folder, asked, ours, why) => {
    const { boxman, warnings } = await observed(folder(), asked)
    expect(isOurs()).toBe(ours)
    expect(warnings).toEqual(why.map((each) => NOT_TAKEN + each))
    await boxman.stop()
    expect(isOurs()).toBe(false)
  })

  it("stays another's who came first, with one warning that names him", async () => {
    const provider = new ElsewhereProvider()
    const copy: { trace: typeof trace } = createRequire(import.meta.url)('@opentelemetry/api')
    copy.trace.setGlobalTracerProvider(provider)
    closing.push(() => copy.trace.disable())
    const { boxman, warnings } = await observed(process.cwd())
    expect(warnings).toEqual([
      `${NOT_TAKEN}a tracer provider (ElsewhereProvider) is registered with OpenTelemetry already; tracing.openTelemetry: false leaves it alone without a word`,
    ])
    await boxman.stop()
    const proxy = trace.getTracerProvider()
    expect('getDelegate' in proxy && typeof proxy.getDelegate === 'function' && proxy.getDelegate()).toBe(provider)
    expect((await observed(process.cwd(), false)).warnings).toEqual([])
  })

  it('is the first Boxman’s of a process; the second says so only if it was asked', async () => {
    const first = await observed(process.cwd())
    const quiet = await observed(process.cwd())
    const asked = await observed(process.cwd(), true)
    expect(quiet.warnings).toEqual([])
    expect(asked.warnings).toEqual([expect.stringContaining('(Boxman)')])
    await quiet.boxman.stop()
    expect(isOurs()).toBe(true)
    await first.boxman.stop()
    expect(isOurs()).toBe(false)
  })
})
