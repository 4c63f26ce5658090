import { expect, it } from 'vitest'
import { partsOf } from './links.tsx'

it.each([
  ['see https://docs.example/runbook.', ['see ', 'https://docs.example/runbook', '.']],
  ['(http://a/b?c=1&d#e)', ['(', 'http://a/b?c=1&d#e', ')']],
  ['javascript:alert(1) ftp://a/b docs/a.md', ['javascript:alert(1) ftp://a/b docs/a.md']],
  ['https://a/ and https://b/', ['https://a/', ' and ', 'https://b/']],
  ['', []],
])('the addresses in %s', (text, parts) => expect(partsOf(text)).toEqual(parts))
