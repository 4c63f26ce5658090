import { describe, expect, it } from 'vitest'
import { systemTiles } from './system-tiles.ts'

const GIB = 2 ** 30

describe('tiles of the system', () => {
  it('leaves out what is not known', () => {
    expect(systemTiles({}, undefined)).toEqual([])
    expect(systemTiles({ machine: { disk_total_bytes: 10 } }, undefined)).toEqual([])
  })

  it.each([
    ['of the machine without a limit', undefined, 0.25, 'resident, of 4 GiB of the machine'],
    ['of the group with one', 2 * GIB, 0.5, 'resident, of 2 GiB that its group may use'],
    ['of the machine where the limit is none', 8 * GIB, 0.25, 'resident, of 4 GiB of the machine'],
  ])('sees the memory %s', (_, limit, share, note) => {
    const machine = { memory_total_bytes: 4 * GIB, ...(limit === undefined ? {} : { memory_limit_bytes: limit }) }
    expect(systemTiles({ memory_bytes: GIB, machine }, undefined)).toEqual([
      { name: 'Memory of the process', value: '1 GiB', share, note },
    ])
  })

  it('measures the process by the cores that it may use', () => {
    const [tile] = systemTiles({ cpu_percent: 150, machine: { cpu_limit_cores: 2 } }, undefined)
    expect(tile).toMatchObject({ value: '150 %', share: 0.75 })
  })

  it('tells of heat and battery where there are any', () => {
    const reading = { temperature_celsius: 71, throttling: true, battery: { level_percent: 40, charging: false } }
    expect(systemTiles(reading, undefined)).toMatchObject([
      { name: 'Temperature', value: '71 °C' },
      { name: 'Slowed down by heat', value: 'yes' },
      { name: 'Battery', value: '40 %', note: 'not charging' },
    ])
  })
})
