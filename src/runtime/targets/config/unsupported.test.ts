import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { UNSUPPORTED } from './unsupported.ts'

it('every key that is known and not read stands in docs/serve.md', () => {
  const page = readFileSync(new URL('../../../../docs/serve.md', import.meta.url), 'utf8')
  const keys = Object.values(UNSUPPORTED).flatMap((table) => Object.keys(table))
  expect(keys.length).toBeGreaterThan(50)
  const named = (key: string): boolean => key.endsWith('_sd_configs') || page.includes(`\`${key}\``)
  expect(keys.filter((key) => !named(key))).toEqual([])
})
