import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSystemReader } from '../index.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'boxman-system-'))
})
afterEach(() => rm(root, { recursive: true }))

async function machine(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

const stat = (ticks: string) => `cpu  ${ticks}\ncpu0 1 2 3 4\nintr 5 6\nctxt 7\n`

describe('a machine (S2)', () => {
  it('that shows everything', async () => {
    await machine({
      'proc/stat': stat('100 10 50 800 20 5 15 0 30 0'),
      'proc/meminfo': 'MemTotal:       16384000 kB\nMemFree:         1000 kB\nMemAvailable:    8192000 kB\n',
      'proc/loadavg': '1.75 1.10 0.90 2/345 6789\n',
      'proc/self/status': 'Name:\tnode\nThreads:\t11\nSigQ:\t0/1\n',
      'proc/self/cgroup': '0::/service.slice/craps\n',
      'sys/fs/cgroup/service.slice/craps/cpu.max': '150000 100000\n',
      'sys/fs/cgroup/service.slice/craps/memory.max': '536870912\n',
      'sys/fs/cgroup/service.slice/craps/memory.current': '268435456\n',
      'sys/class/thermal/thermal_zone0/temp': '41000\n',
      'sys/class/thermal/thermal_zone1/temp': '57500\n',
      'sys/class/thermal/thermal_zone2/temp': '-274000\n',
      'sys/class/thermal/cooling_device0/temp': '99000\n',
      'sys/class/thermal/cooling_device0/type': 'Processor\n',
      'sys/class/thermal/cooling_device0/cur_state': '2\n',
      'proc/self/fd/0': '',
      'proc/self/fd/1': '',
      'proc/self/fd/17': '',
      'proc/self/limits':
        'Limit    Soft Limit   Hard Limit   Units\nMax open files            1024        524288       files\n',
      'sys/class/power_supply/AC/type': 'Mains\n',
      'sys/class/power_supply/BAT0/type': 'Battery\n',
      'sys/class/power_supply/BAT0/capacity': '83\n',
      'sys/class/power_supply/BAT0/status': 'Discharging\n',
      'sys/class/power_supply/mouse/type': 'Battery\n',
      'sys/class/power_supply/mouse/scope': 'Device\n',
      'sys/class/power_supply/mouse/capacity': '5\n',
    })
    const reader = createSystemReader({ root })
    expect(await reader.read(0)).toMatchObject({
      threads: 11,
      temperatureCelsius: 57.5,
      battery: { levelPercent: 83, charging: false, discharging: true },
      throttling: true,
      openFiles: 2,
      maxFiles: 1024,
      machine: {
        cpuPercent: undefined,
        memoryTotalBytes: 16_777_216_000,
        memoryAvailableBytes: 8_388_608_000,
        load1: 1.75,
        cpuLimitCores: 1.5,
        memoryLimitBytes: 536_870_912,
        memoryCurrentBytes: 268_435_456,
      },
    })
  })

  it.each([
    ['half busy', '130 10 70 840 30 5 15 0 99 99', 50],
    ['idle, and waiting for disks', '100 10 50 870 50 5 15 0 30 0', 0],
    ['all busy, the host taking its share', '150 10 50 800 20 5 15 50 30 0', 100],
    ['no time has passed', '100 10 50 800 20 5 15 0 30 0', undefined],
    ['counters that went back', '10 1 5 80 2 0 1 0 3 0', undefined],
  ])('is %s between two readings', async (_, ticks, want) => {
    await machine({ 'proc/stat': stat('100 10 50 800 20 5 15 0 30 0') })
    const reader = createSystemReader({ root })
    await reader.read(0)
    await machine({ 'proc/stat': stat(ticks) })
    expect((await reader.read(5000)).machine?.cpuPercent).toBe(want)
  })

  it('that shows nothing: absent, not zero', async () => {
    const reader = createSystemReader({ root, disk: join(root, 'nowhere') })
    const { cpuPercent, memoryBytes, uptimeSeconds, ...rest } = await reader.read(0)
    expect(Object.values(rest).every((value) => value === undefined)).toBe(true)
    for (const value of [cpuPercent, memoryBytes, uptimeSeconds]) expect(value).toBeGreaterThan(0)
  })

  it('whose files say something else: absent', async () => {
    await machine({
      'proc/stat': 'cpu  1 2\n',
      'proc/meminfo': 'MemTotal: lots\n',
      'proc/loadavg': 'busy\n',
      'proc/self/status': 'Threads:\tmany\n',
      'proc/self/cgroup': '4:memory:/old\n',
      'sys/class/thermal/thermal_zone0/temp': 'hot\n',
      'sys/class/power_supply/BAT0/type': 'Battery\n',
      'sys/class/thermal/cooling_device0/type': 'Processor\n',
      'sys/class/thermal/cooling_device0/cur_state': 'cold\n',
      'sys/class/thermal/cooling_device1/type': 'Fan\n',
      'sys/class/thermal/cooling_device1/cur_state': '9\n',
      'proc/self/limits': 'Max open files            unlimited        unlimited       files\n',
    })
    const reader = createSystemReader({ root, disk: join(root, 'nowhere') })
    const { cpuPercent: _cpu, memoryBytes: _memory, uptimeSeconds: _uptime, ...rest } = await reader.read(0)
    expect(Object.values(rest).every((value) => value === undefined)).toBe(true)
  })
})

describe('a machine without /proc (S2)', () => {
  const shown = (reading: object): string[] =>
    Object.entries(reading)
      .filter(([, value]) => value !== undefined)
      .map(([name]) => name)
      .toSorted()

  it.each<[NodeJS.Platform, readonly string[], readonly string[]]>([
    ['darwin', ['openFiles'], ['load1']],
    ['win32', [], ['memoryAvailableBytes']],
    ['freebsd', [], ['load1']],
  ])('%s tells what Node knows of it; the rest is absent', async (platform, more, moreOfMachine) => {
    await machine({ 'dev/fd/0': '', 'dev/fd/1': '', 'dev/fd/2': '', 'dev/fd/9': '' })
    const reader = createSystemReader({ root, platform })
    await reader.read(0)
    // As long as the processors count nothing there is nothing to tell.
    await expect.poll(async () => (await reader.read(1000)).machine?.cpuPercent).toBeDefined()
    const before = cpus()
    await expect.poll(() => cpus()).not.toEqual(before)
    const reading = await reader.read(2000)
    expect(shown(reading)).toEqual(['cpuPercent', 'machine', 'memoryBytes', 'uptimeSeconds', ...more].toSorted())
    const everywhere = ['cpuPercent', 'diskFreeBytes', 'diskTotalBytes', 'memoryTotalBytes']
    expect(shown(reading.machine ?? {})).toEqual([...everywhere, ...moreOfMachine].toSorted())
    expect(reading.openFiles).toBe(platform === 'darwin' ? 3 : undefined)
    expect(reading.machine?.memoryTotalBytes).toBe(totalmem())
    expect(reading.machine?.memoryAvailableBytes ?? 0).toBeLessThan(totalmem())
    const { cpuPercent = NaN } = reading.machine ?? {}
    expect(cpuPercent >= 0 && cpuPercent <= 100, `${cpuPercent} %`).toBe(true)
  })

  it.runIf(process.platform === 'linux')('agrees with what the kernel says', async () => {
    const [byNode, byKernel] = [createSystemReader({ platform: 'freebsd' }), createSystemReader()]
    const both = async (at: number) => [(await byNode.read(at)).machine, (await byKernel.read(at)).machine] as const
    await both(0)
    let work = 0
    const before = process.cpuUsage()
    while (process.cpuUsage(before).user < 50_000) work += Math.sqrt(work + 1)
    const [node, kernel] = await both(1000)
    for (const machine of [node, kernel]) expect(machine?.cpuPercent).toBeGreaterThan(0)
    expect(node?.memoryTotalBytes).toBe(kernel?.memoryTotalBytes)
    expect(node?.load1).toBeCloseTo(kernel?.load1 ?? NaN, 0)
  })
})

it('throttling is what the counts of the processors have risen by since the reading before', async () => {
  const counts = (core: string, pack: string) =>
    machine({
      'sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count': core,
      'sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count': pack,
    })
  const reader = createSystemReader({ root })
  const seen: unknown[] = []
  for (const [core, pack] of [
    ['5', '1'],
    ['5', '1'],
    ['5', '2'],
    ['5', '2'],
  ] as const) {
    await counts(core, pack)
    seen.push((await reader.read(0)).throttling)
  }
  expect(seen).toEqual([false, false, true, false])
})

describe('control groups', () => {
  it.each<[string, string, Record<string, string>, Record<string, number | undefined>]>([
    ['no limit', '/app', { 'app/cpu.max': 'max 100000', 'app/memory.max': 'max' }, {}],
    ['the own one', '/app', { 'app/cpu.max': '50000 100000' }, { cpuLimitCores: 0.5 }],
    [
      'the lowest on the way up',
      '/a/b/c',
      { 'a/b/c/memory.max': '300', 'a/b/memory.max': 'max', 'a/memory.max': '200', 'a/cpu.max': '400000 100000' },
      { cpuLimitCores: 4, memoryLimitBytes: 200 },
    ],
    [
      'a container, its own group as the root',
      '/',
      { 'cpu.max': '200000 100000', 'memory.max': '1000', 'memory.current': '400' },
      { cpuLimitCores: 2, memoryLimitBytes: 1000, memoryCurrentBytes: 400 },
    ],
    ['a quota over no time', '/app', { 'app/cpu.max': '1 0' }, {}],
  ])('%s', async (_, path, files, want) => {
    await machine({ 'proc/self/cgroup': `0::${path}\n`, 'proc/loadavg': '0.50 0.10 0.01 1/2 3\n' })
    await machine(
      Object.fromEntries(Object.entries(files).map(([name, text]) => [`sys/fs/cgroup/${name}`, `${text}\n`])),
    )
    const { cpuLimitCores, memoryLimitBytes, memoryCurrentBytes } =
      (await createSystemReader({ root }).read(0)).machine ?? {}
    expect({ cpuLimitCores, memoryLimitBytes, memoryCurrentBytes }).toEqual({
      cpuLimitCores: undefined,
      memoryLimitBytes: undefined,
      memoryCurrentBytes: undefined,
      ...want,
    })
  })
})

describe('a battery', () => {
  it.each([
    ['charging', ['40 Charging'], { levelPercent: 40, charging: true, discharging: false }],
    ['full', ['100 Full'], { levelPercent: 100, charging: false, discharging: false }],
    ['one of two charging', ['40 Discharging', '80 Charging'], { levelPercent: 60, charging: true, discharging: true }],
  ])('%s', async (_, batteries, want) => {
    for (const [i, battery] of batteries.entries()) {
      const [capacity = '', status = ''] = battery.split(' ')
      const path = `sys/class/power_supply/BAT${i}`
      await machine({ [`${path}/type`]: 'Battery\n', [`${path}/capacity`]: capacity, [`${path}/status`]: status })
    }
    expect((await createSystemReader({ root }).read(0)).battery).toEqual(want)
  })
})

describe('this process', () => {
  it('is charged for the time it takes, over the time that has passed', async () => {
    const reader = createSystemReader({ root })
    await reader.read(1000)
    const before = process.cpuUsage()
    let work = 0
    while (process.cpuUsage(before).user < 50_000) work += Math.sqrt(work + 1)
    const spentMs = process.cpuUsage(before).user / 1000
    const { cpuPercent } = await reader.read(2000)
    expect(cpuPercent).toBeGreaterThanOrEqual((100 * spentMs) / 1000)
    expect((await reader.read(2000)).cpuPercent).toBeUndefined()
    expect((await reader.read(1e12)).cpuPercent).toBeLessThan(1)
  })

  it.runIf(process.platform === 'linux')('on this machine', async () => {
    const reader = createSystemReader()
    const { machine: shown, threads, memoryBytes, openFiles, maxFiles } = await reader.read(0)
    expect(openFiles).toBeGreaterThan(2)
    expect(maxFiles ?? Infinity).toBeGreaterThan(openFiles ?? 0)
    expect(shown?.diskTotalBytes).toBeGreaterThan(shown?.diskFreeBytes ?? Infinity)
    expect(threads).toBeGreaterThan(1)
    expect(memoryBytes).toBeGreaterThan(10_000_000)
    expect(shown?.memoryTotalBytes).toBeGreaterThan(shown?.memoryAvailableBytes ?? Infinity)
    expect(shown?.load1).toBeGreaterThanOrEqual(0)
    expect(shown?.cpuLimitCores ?? availableParallelism()).toBeGreaterThan(0)
  })
})
