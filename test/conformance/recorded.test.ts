import { describe, expect, it } from 'vitest'
import { RECORDINGS, replay } from './recorded.ts'
import { conformanceFolder } from './shared.ts'

describe('recorded answers of Prometheus', () => {
  it.for(RECORDINGS)('%s', async (recording, { skip }) => {
    const found = conformanceFolder()
    if ('missing' in found) return skip(found.missing)
    const outcomes = await replay(found.folder, recording)
    expect(outcomes.length).toBeGreaterThan(50)
    expect(outcomes.filter(({ fault }) => fault !== undefined)).toEqual([])
  })
})
