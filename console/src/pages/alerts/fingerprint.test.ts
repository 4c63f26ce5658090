import { fingerprint } from 'boxman/alerting'
import { LabelSet } from 'boxman/series'
import { expect, it } from 'vitest'
import { fingerprintOf } from './fingerprint.ts'

it.each([[{}], [{ alertname: 'Slow' }], [{ b: '2', a: 'ü', alertname: 'Slow', B: '' }]])('%j', (labels) => {
  const own = Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''))
  expect(fingerprintOf(own)).toBe(fingerprint(LabelSet.of(own)))
})
