import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathPattern } from './path-pattern.ts'

describe('pathPattern (M8)', () => {
  it.each([
    ['/', '/'],
    ['', '/'],
    ['/films', '/films'],
    ['/films/', '/films'],
    ['//films//17', '/films/:number'],
    ['/films/17?page=2#top', '/films/:number'],
    ['http://example.com/films/17', '/films/:number'],
    ['/films/17/cast/3', '/films/:number/cast/:number'],
    ['/geo/-12.5', '/geo/:number'],
    ['/u/9f1c2d3e-4b5a-6978-8a9b-0c1d2e3f4a5b', '/u/:uuid'],
    ['/u/9F1C2D3E-4B5A-6978-8A9B-0C1D2E3F4A5B/name', '/u/:uuid/name'],
    ['/blocks/0xdeadbeef1234', '/blocks/:hash'],
    ['/commits/da39a3ee5e6b4b0d3255bfef95601890afd80709', '/commits/:hash'],
    ['/orders/01ARZ3NDEKTSV4RRFFQ69G5FAV', '/orders/:id'],
    ['/s/V1StGXR8_Z5jdHi6B-myT', '/s/:id'],
    ['/s/dGhlIHNhbXBsZSBub25jZQ', '/s/:id'],
    ['/orders/ORD-2024817', '/orders/:id'],
    ['/reports/2026-11-21', '/reports/:date'],
    ['/reports/2026-11-21T10:00:00Z', '/reports/:date'],
    ['/img/4711.jpg', '/img/:number.jpg'],
    ['/assets/app.js', '/assets/app.js'],
    ['/api/v1/bets', '/api/v1/bets'],
    ['/api/v1.2/top10', '/api/v1.2/top10'],
    ['/search-results/my_page', '/search-results/my_page'],
    ['/users/ann@example.com', '/users/:text'],
    ['/q/%E2%9C%93', '/q/:text'],
    [`/${'x'.repeat(41)}`, '/:text'],
    ['/a/b/c/d/e/f/g/h/i/j', '/a/b/c/d/e/f/g/h/*'],
    ['*', '/:text'],
  ])('%s is %s', (target, pattern) => {
    expect(pathPattern(target)).toBe(pattern)
  })

  it('is short whatever comes, and stays what it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webPath(), fc.string({ unit: 'binary' })), (target) => {
        const pattern = pathPattern(target)
        expect(pattern.length).toBeLessThan(8 * 48 + 3)
        expect(pattern).toMatch(/^\/[\w.~:*/-]*$/)
      }),
    )
  })

  it.each([
    ['numbers', fc.nat().map(String)],
    ['UUIDs', fc.uuid()],
    ['hashes', fc.stringMatching(/^[0-9a-f]{40}$/).filter((hash) => /\d/.test(hash))],
  ])('makes one pattern of all %s', (_, ids) => {
    const patterns = new Set<string>()
    fc.assert(
      fc.property(ids, (id) => {
        patterns.add(pathPattern(`/films/${id}/cast`).replace(':number', ':hash'))
      }),
    )
    expect(patterns.size).toBe(1)
  })
})
