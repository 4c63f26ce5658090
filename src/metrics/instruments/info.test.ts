import { describe, expect, it } from 'vitest'
import { Registry } from '../index.ts'
import { OPENMETRICS, textOf } from '../page.test.support.ts'

describe('an info', () => {
  it('says its labels at once, and something else when set', async () => {
    const registry = new Registry({ constantLabels: { pod: 'a' } })
    const build = registry.info({ name: 'build_info', help: 'Build.', labels: { version: '1.0', commit: 'abc' } })
    expect(await textOf(registry)).toBe(
      '# HELP build_info Build.\n# TYPE build_info gauge\nbuild_info{version="1.0",commit="abc",pod="a"} 1\n',
    )
    build.set({ version: '1.1', commit: 'def' })
    expect(await textOf(registry, OPENMETRICS)).toBe(
      '# HELP build Build.\n# TYPE build info\nbuild_info{version="1.1",commit="def",pod="a"} 1\n# EOF\n',
    )
    // @ts-expect-error a label that it does not have
    expect(() => build.set({ version: '1.2' })).toThrow(TypeError)
    registry.reset()
    expect(await registry.collect()).toEqual([
      {
        kind: 'info',
        name: 'build_info',
        help: 'Build.',
        series: [{ labels: { version: '1.1', commit: 'def', pod: 'a' }, value: 1 }],
      },
    ])
  })

  it('says several things until they are taken back', async () => {
    const registry = new Registry()
    const peers = registry.info({ name: 'peer_info', help: '', labelNames: ['id', 'zone'] })
    expect(await textOf(registry)).toBe('')
    for (const id of [1, 2, 3, 3]) peers.add({ id, zone: id > 1 ? 'eu' : 'us' })
    expect(peers.remove({ id: 2 })).toBe(1)
    expect((await textOf(registry)).split('\n').slice(2)).toEqual([
      'peer_info{id="1",zone="us"} 1',
      'peer_info{id="3",zone="eu"} 1',
      '',
    ])
    peers.clear()
    expect(await textOf(registry)).toBe('')
  })

  it('registered again with other labels says these', async () => {
    const registry = new Registry()
    const first = registry.info({ name: 'build_info', help: '', labels: { version: 1 } })
    expect(registry.info({ name: 'build_info', help: '', labels: { version: 2 } })).toBe(first)
    expect(await textOf(registry)).toContain('\nbuild_info{version="2"} 1\n')
  })

  it.each([
    [{ name: 'build', labelNames: ['a'] }, 'build: the name of an info must end in _info'],
    [{ name: 'a_info', labelNames: [] }, 'a_info: an info must have a label at least'],
  ])('refuses %j', (options, why) => {
    expect(() => new Registry().info({ help: '', ...options })).toThrow(why)
  })
})
