import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

const OUT = fileURLToPath(new URL('../dist/console/', import.meta.url))

/** Beside each file, what it is when compressed: the host does not spend its time on that. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf8' })) {
        if (!/\.(?:css|html|js|svg)$/.test(name)) continue
        const file = path.join(OUT, name)
        const bytes = readFileSync(file)
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
        writeFileSync(
          `${file}.br`,
          brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
        )
      }
    },
  }
}

/** The page that most open first is asked for along with what opens it, and not only then. */
function firstPage(): Plugin {
  return {
    name: 'first-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter((each) => each.type === 'chunk')
        const reach = (from: (typeof chunks)[number] | undefined, into: Set<(typeof chunks)[number]>): typeof into => {
          if (from === undefined || into.has(from)) return into
          into.add(from)
          for (const name of from.imports)
            reach(
              chunks.find(({ fileName }) => fileName === name),
              into,
            )
          return into
        }
        const known = reach(
          chunks.find(({ isEntry }) => isEntry),
          new Set(),
        )
        const page = chunks.find(
          ({ facadeModuleId }) => facadeModuleId?.endsWith('/pages/overview/overview.tsx') === true,
        )
        if (page === undefined) throw new Error('BUG: the overview is no chunk of its own')
        const early = [...reach(page, new Set())].filter((each) => !known.has(each))
        const styles = new Set(early.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]))
        const link = (attrs: Record<string, string>) => ({ tag: 'link', attrs, injectTo: 'head' as const })
        return [
          ...early.map(({ fileName }) => link({ rel: 'modulepreload', href: `./${fileName}` })),
          // As a style sheet, and not preloaded: another page would be told that it asked in vain.
          ...[...styles].map((name) => link({ rel: 'stylesheet', crossorigin: '', href: `./${name}` })),
        ]
      },
    },
  }
}

const config: UserConfig = defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Wherever it is served from: every address is relative.
  base: './',
  plugins: [firstPage(), compressed()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'es' },
  logLevel: 'warn',
  build: {
    outDir: OUT,
    emptyOutDir: true,
    target: 'es2022',
    // Nothing inline: the policy of the page forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    cssCodeSplit: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What most pages have is one file: it compresses better than many, and is asked for once.
          groups: [
            {
              name: 'base',
              test: /node_modules\/(?:preact|@preact)\/|console\/src\/(?:panels|parts|charts|data|state|format)\/|src\/charts\//,
              minShareCount: 4,
            },
          ],
        },
      },
    },
  },
  // Beside a running service: `npx vite console` with BOXMAN_CONSOLE_TARGET.
  server: {
    proxy: {
      '^/(?:api|alerting|config|diagnostics|health|log|metrics|readyz|status|version)': {
        target: process.env['BOXMAN_CONSOLE_TARGET'] ?? 'http://127.0.0.1:9464',
      },
    },
  },
})
export default config
