import { type Boxman, createBoxman } from 'boxman'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

type Line = Record<string, unknown>

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'boxman-watch-'))

async function start(cwd: string, env: Record<string, string> = {}): Promise<{ boxman: Boxman; lines: Line[] }> {
  const lines: Line[] = []
  const logDestination = { write: (line: string) => lines.push(JSON.parse(line)) }
  const code = { service: 'wallet', admin: { enabled: false }, thresholds: { memoryBytes: 1e12, cpuPercent: 1e6 } }
  const boxman = await createBoxman(code, { env, cwd, logDestination })
  closing.push(() => boxman.stop())
  return { boxman, lines }
}

const PATIENCE = { timeout: 15_000, interval: 50 }
const level = (name: string): string => `{ "log": { "level": "${name}" } }`
const changes = (lines: readonly Line[]): readonly Line[] => lines.filter(({ source }) => source === 'file')

describe('the configuration file is watched', () => {
  it('through being written, replaced, broken, mended, removed and put back', async () => {
    const cwd = newFolder()
    const file = join(cwd, 'boxman.config.json')
    writeFileSync(file, level('warn'))
    const { boxman, lines } = await start(cwd)
    const becomes = async (name: string): Promise<void> => {
      await expect.poll(() => boxman.config.log.level, PATIENCE).toBe(name)
    }
    expect(boxman.config.log.level).toBe('warn')

    writeFileSync(file, level('info'))
    await becomes('info')
    writeFileSync(`${file}~`, level('debug'))
    renameSync(`${file}~`, file)
    await becomes('debug')
    expect(boxman.log.level).toBe('debug')

    const refused = (): number => changes(lines).filter(({ msg }) => msg === 'The configuration stays as it was').length
    writeFileSync(file, '{ "log": { "level": "warn" }')
    await expect.poll(refused, PATIENCE).toBe(1)
    writeFileSync(file, '{ "log": { "level": "warn" }, "admin": { "port": 1 } }')
    await expect.poll(refused, PATIENCE).toBe(2)
    unlinkSync(file)
    await expect.poll(refused, PATIENCE).toBe(3)
    expect(boxman.config.log.level).toBe('debug')
    const [broken, critical, gone] = changes(lines).filter(({ level: severity }) => severity === 'warn')
    expect(broken).toMatchObject({ problems: [expect.stringContaining('boxman.config.json: could not be loaded')] })
    expect(critical).toMatchObject({ problems: [expect.stringMatching(/^admin\.port: the change needs a restart/)] })
    expect(gone).toMatchObject({ problems: [expect.stringContaining('the file is gone')] })

    writeFileSync(file, level('error'))
    await becomes('error')
    expect(refused()).toBe(3)
  })

  it('as Kubernetes mounts a ConfigMap and a Secret: links that are turned', async () => {
    const mount = newFolder()
    const publish = (version: string, content: string, token: string): void => {
      mkdirSync(join(mount, version))
      writeFileSync(join(mount, version, 'boxman.yaml'), content)
      writeFileSync(join(mount, version, 'token'), token)
      symlinkSync(version, join(mount, '..data_tmp'))
      renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
    }
    const content = (name: string): string => `log:\n  level: ${name}\nadmin:\n  token: { file: ${mount}/token }\n`
    publish('..v1', content('warn'), 'first-token')
    symlinkSync('..data/boxman.yaml', join(mount, 'boxman.yaml'))
    symlinkSync('..data/token', join(mount, 'token'))
    const { boxman, lines } = await start(newFolder(), { BOXMAN_CONFIG: join(mount, 'boxman.yaml') })
    expect([boxman.config.log.level, boxman.config.admin.token]).toEqual(['warn', 'first-token'])

    publish('..v2', content('info'), 'second-token')
    rmSync(join(mount, '..v1'), { recursive: true })
    await expect.poll(() => boxman.config.log.level, PATIENCE).toBe('info')
    expect(boxman.config.admin.token).toBe('second-token')
    expect(changes(lines)).toHaveLength(1)
    expect(JSON.stringify(lines)).not.toContain('-token')
    expect(boxman.config.provenance['admin.token']).toBe(`file ${mount}/boxman.yaml`)
  })

  it('a file of code is run anew', async () => {
    const cwd = newFolder()
    const file = join(cwd, 'boxman.config.ts')
    writeFileSync(file, "const level: string = 'warn'\nexport default { log: { level } }\n")
    const { boxman } = await start(cwd)
    writeFileSync(file, "const level: string = 'debug'\nexport default { log: { level } }\n")
    await expect.poll(() => boxman.config.log.level, PATIENCE).toBe('debug')
  })

  it('unless watch is false; what the environment states stays', async () => {
    const [still, stated] = [newFolder(), newFolder()]
    for (const cwd of [still, stated]) writeFileSync(join(cwd, 'boxman.config.json'), level('warn'))
    const off = await start(still, { BOXMAN_WATCH: 'false' })
    const on = await start(stated, { BOXMAN_LOG_LEVEL: 'error' })
    const next = '{ "log": { "level": "debug" }, "health": { "cacheMs": 7 } }'
    for (const cwd of [still, stated]) writeFileSync(join(cwd, 'boxman.config.json'), next)
    await expect.poll(() => on.boxman.config.health.cacheMs, PATIENCE).toBe(7)
    expect([on.boxman.config.log.level, off.boxman.config.log.level]).toEqual(['error', 'warn'])
  })
})
