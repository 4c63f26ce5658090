import { describe, expect, it } from 'vitest'
import { type LauncherOptions, readOptions } from './options.ts'

const DEFAULTS: LauncherOptions = {
  durationMs: undefined,
  port: 8080,
  adminPort: 9090,
  players: 120,
  rate: 0.5,
  tables: 3,
  logs: undefined,
  data: undefined,
  slow: {},
}

describe('readOptions', () => {
  it.each([
    [[], {}],
    [['--duration', '1m30s'], { durationMs: 90_000 }],
    [['--port', '0'], { port: 0, adminPort: 0 }],
    [['--port', '0', '--admin-port', '9091'], { port: 0, adminPort: 9091 }],
    [
      ['--port=8081', '--players=0', '--rate=2.5', '--tables=1', '--logs', 'out'],
      { port: 8081, players: 0, rate: 2.5, tables: 1, logs: 'out' },
    ],
    [['--slow', 'v3,v4=50-400', '--data', 'd'], { slow: { v3: '50-400', v4: '50-400' }, data: 'd' }],
  ] as const)('%j', (args, want) => {
    expect(readOptions(args)).toEqual({ kind: 'run', options: { ...DEFAULTS, ...want } })
  })

  it('asks for help before anything else', () => {
    expect(readOptions(['--help', '--port', 'x'])).toEqual({ kind: 'help' })
  })

  it.each([
    [['--bogus'], "Unknown option '--bogus'"],
    [['now'], "Unexpected argument 'now'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--port', '70000'], '--port: "70000" must be a whole number of 0 to 65535'],
    [['--admin-port', '80.5'], '--admin-port: "80.5" must be a whole number of 0 to 65535'],
    [['--port', '9090'], '--port and --admin-port: both are 9090; move one of them'],
    [['--players', '-1'], '--players'],
    [['--players', 'many'], '--players: "many" must be a whole number of 0 to 5000'],
    [['--rate', '0'], '--rate: "0" must be a number of 0.001 to 100'],
    [['--tables', '0'], '--tables: "0" must be a whole number of 1 to 100'],
    [['--duration', 'soon'], '--duration: "soon" must be like 20s, 5m or 1h30m'],
    [['--duration', '0'], '--duration: "0" must be like 20s'],
    [['--duration', '1y'], '--duration: "1y" must be like 20s, 5m or 1h30m, and at most 24d'],
    [['--logs', ''], '--logs: name a directory'],
    [['--data', ''], '--data: name a directory'],
    [['--slow', 'v3'], '--slow: "v3" must be like v3,v4=750 or v1=50-400; there are v1, v2, v3, v4'],
    [['--slow', 'v5=50'], '--slow: "v5=50" must be like'],
    [['--slow', 'v1=70000'], '--slow: "v1=70000" must be like'],
  ] as const)('%j is wrong', (args, problem) => {
    expect(readOptions(args)).toEqual({ kind: 'wrong', problem: expect.stringContaining(problem) })
  })
})
