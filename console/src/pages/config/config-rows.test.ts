import { describe, expect, it } from 'vitest'
import type { ConfigAnswer } from './answers.ts'
import { configRows, patchOf, textOf, valueAt, valueOf } from './config-rows.ts'

const ANSWER: ConfigAnswer = {
  values: {
    service: 'shop',
    constantLabels: { 'region.of': 'eu', tier: 'gold' },
    log: { level: 'debug' },
    admin: { token: '[set, from environment BOXMAN_ADMIN_TOKEN]', allow: ['10.0.0.0/8'] },
  },
  provenance: {
    service: 'default',
    'constantLabels.region.of': 'code',
    'constantLabels.tier': 'file boxman.config.json',
    'log.level': 'api 2026-05-04T10:11:12.345Z',
    'admin.token': 'environment BOXMAN_ADMIN_TOKEN',
    'admin.allow': 'code',
  },
  changeable: { 'log.level': ['api', 'file'], 'log.levels': ['api', 'file'], 'admin.token': ['file'] },
  meanings: {
    service: 'Names it.',
    constantLabels: 'Labels on every metric.',
    'log.level': 'The least severe.',
    'log.levels': 'Of modules.',
    'admin.token': 'Who has it may.',
    'admin.allow': 'Addresses.',
  },
  recent: [],
}

describe('rows of the configuration', () => {
  const rows = new Map(configRows(ANSWER).map((row) => [row.path, row]))

  it('are all that there is or may be, in order, labels one by one', () => {
    expect([...rows.keys()]).toEqual([
      'service',
      'constantLabels.region.of',
      'constantLabels.tier',
      'log.level',
      'log.levels',
      'admin.token',
      'admin.allow',
    ])
  })

  it.each([
    ['service', { text: 'shop', isStated: false, isChanged: false, isSecret: false, change: 'restart' }],
    ['constantLabels.region.of', { text: 'eu', isStated: true, meaning: 'Labels on every metric.' }],
    ['log.level', { text: 'debug', isStated: true, isChanged: true, change: 'live', section: 'log' }],
    ['log.levels', { text: '', source: undefined, isStated: false, change: 'live' }],
    ['admin.token', { isSecret: true, change: 'file' }],
    ['admin.allow', { text: '["10.0.0.0/8"]', change: 'restart' }],
  ])('%s', (path, expected) => {
    expect(rows.get(path)).toMatchObject(expected)
  })
})

describe('values that are typed in', () => {
  it.each([
    ['debug', 'info', 'debug'],
    ['5', 'info', '5'],
    ['5', 3, 5],
    ['much', 3, 'much'],
    ['false', true, false],
    ['[1,2]', [1], [1, 2]],
    ['{"db":"debug"}', undefined, { db: 'debug' }],
    ['loud', undefined, 'loud'],
  ])('%s in the place of %j is %j', (text, before, expected) => {
    expect(valueOf(text, before)).toEqual(expected)
  })

  it('a text is what it was when nothing is changed', () => {
    for (const value of ['a', 5, true, ['a'], { a: 'b' }]) expect(valueOf(textOf(value), value)).toEqual(value)
  })

  it('a patch has it where it belongs', () => {
    expect(patchOf('log.level', 'debug')).toEqual({ log: { level: 'debug' } })
    expect(patchOf('watch', null)).toEqual({ watch: null })
  })

  it.each([
    ['log.level', 'debug'],
    ['log.nothing', undefined],
    ['service.x', undefined],
    ['constantLabels.region.of', 'eu'],
  ])('%s is %s', (path, expected) => {
    expect(valueAt(ANSWER.values, path)).toBe(expected)
  })
})
