import { describe, expect, it } from 'vitest'
import { type Need, needOf } from './index.ts'

const NOW = 1_000_000_000
const MINUTE = 60_000

interface Case {
  readonly told?: { readonly at?: number; readonly firing?: string; readonly resolved?: string }
  readonly firing?: string
  readonly resolved?: string
  readonly sendResolved?: boolean
  readonly need: Need
}

const split = (text = ''): string[] => text.split('').filter((one) => one !== ' ')

describe('what is told, given what was told last', () => {
  it.each<Case>([
    { firing: '234', need: 'first' },
    { resolved: '234', need: 'nothing-fires' },
    { told: { firing: '123' }, firing: '234', need: 'more-firing' },
    { told: { firing: '123', at: 0 }, firing: '123', need: 'repeat' },
    { told: { firing: '123', at: NOW - 9 * MINUTE }, firing: '123', need: 'unchanged' },
    { told: { firing: '123', at: NOW - 11 * MINUTE }, firing: '123', need: 'repeat' },
    { told: { resolved: '123', at: NOW - 11 * MINUTE }, resolved: '345', sendResolved: true, need: 'nothing-fires' },
    { told: { firing: '12', resolved: '3' }, firing: '1', resolved: '23', sendResolved: false, need: 'unchanged' },
    { told: { firing: '12', resolved: '3' }, firing: '1', resolved: '23', sendResolved: true, need: 'some-resolved' },
    { told: { firing: '12', resolved: '3' }, resolved: '123', sendResolved: false, need: 'all-resolved' },
    { told: { firing: '12', resolved: '3' }, resolved: '123', sendResolved: true, need: 'all-resolved' },
    { told: { resolved: '1' }, firing: '1', need: 'first' },
    { told: { firing: '123', at: NOW - 10 * MINUTE }, firing: '123', need: 'repeat' },
  ])('%j', ({ told, firing, resolved, sendResolved = true, need }) => {
    const last = told && {
      at: told.at ?? NOW - 9 * MINUTE,
      firing: new Set(split(told.firing)),
      resolved: new Set(split(told.resolved)),
    }
    const now = { firing: split(firing), resolved: split(resolved), at: NOW }
    expect(needOf(last, now, { repeatMs: 10 * MINUTE, sendResolved })).toBe(need)
  })
})
