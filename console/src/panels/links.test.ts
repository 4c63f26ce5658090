import { beforeAll, expect, it, vi } from 'vitest'

/** The address of the console, which its links go on from. */
beforeAll(() => vi.stubGlobal('window', { location: { hash: '#/overview?from=now-1h' } }))

const LINKS = [
  { title: 'Traces', to: 'traces' },
  { title: 'Of the route', to: 'traces?attributes=%22http.route%3D{{path}}%22' },
  { title: 'Elsewhere', to: 'https://wiki.example/routes/{{path}}' },
  { title: 'Nowhere', to: 'no-such-page' },
  { title: 'Script', to: 'javascript:alert(1)' },
]

it('a panel has the links that name no label, and those alone that lead somewhere', async () => {
  const { linksOf } = await import('./links.ts')
  expect(linksOf(LINKS)).toEqual([{ title: 'Traces', href: '#/traces?from=now-1h' }])
})

it('a row has those whose labels it has, with their values in them', async () => {
  const { linksOfLabels } = await import('./links.ts')
  const links = linksOfLabels(LINKS, { path: '/a b&c' })
  expect(links.map(({ title }) => title)).toEqual(['Of the route', 'Elsewhere'])
  const [route, elsewhere] = links.map(({ href }) => href)
  expect(new URLSearchParams(route?.split('?')[1]).get('attributes')).toBe('"http.route=/a b&c"')
  expect(elsewhere).toBe('https://wiki.example/routes/%2Fa%20b%26c')
  expect(linksOfLabels(LINKS, { method: 'GET' })).toEqual([])
})
