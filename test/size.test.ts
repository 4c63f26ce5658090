import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'rolldown'
import { describe, expect, it } from 'vitest'

/** The whole of `boxman/metrics` in one file, minified and packed. */
const MOST_BYTES = 36_000

describe('boxman/metrics as a library bundles it', () => {
  it('is small, and needs nothing but itself until a page is to be packed', async () => {
    const { output } = await build({
      input: fileURLToPath(new URL('../src/metrics/index.ts', import.meta.url)),
      platform: 'neutral',
      external: /^node:/,
      write: false,
      logLevel: 'silent',
      output: { minify: true },
    })
    const [main] = output
    expect(main.imports).toEqual([])
    expect(main.dynamicImports.toSorted()).toEqual(['node:stream', 'node:zlib'])
    expect(output).toHaveLength(1)
    const bytes = gzipSync(main.code).length
    expect(bytes).toBeGreaterThan(MOST_BYTES / 3)
    expect(bytes).toBeLessThan(MOST_BYTES)
  })
})
