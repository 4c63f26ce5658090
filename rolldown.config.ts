import { readFileSync } from 'node:fs'
import { defineConfig, type RolldownOptions } from 'rolldown'

/** What `package.json` names beneath `dist`: the doors of the rooms, and the command. */
function entries(): Record<string, string> {
  const {
    exports,
    bin,
  }: Record<'exports' | 'bin', Record<string, string>> = JSON.parse(
    readFileSync(new URL('package.json', import.meta.url), 'utf8'),
  )
  const files = [...Object.values(exports), ...Object.values(bin)]
  const names = files.flatMap((file) => /^(?:\.\/)?dist\/(.+)\.js$/.exec(file)?.slice(1) ?? [])
  return Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]))
}

/** Those that every service loads whole, from the innermost: a file takes what its modules import along, unless one before it has it. */
const ROOMS = ['series', 'metrics', 'tracing', 'logging', 'health', 'packs', 'instrument', 'tsdb', 'runtime'] as const

/**
 * A room is one file, and what is imported late is another: to load 700 modules one by one took most of the start-up, and
 * thirty files still a quarter of it. Each module is in one file only, so that `instanceof` holds whichever door a class comes by.
 */
const config: RolldownOptions = defineConfig({
  input: entries(),
  platform: 'node',
  // Of valibot's 200 kB, which every start would read, the configuration uses a tenth.
  external: /^(?!valibot$)[^./]/,
  logLevel: 'warn',
  output: {
    dir: 'dist',
    sourcemap: true,
    comments: { jsdoc: false, annotation: true, legal: true },
    // As far below the package's root as a room, for what reads package.json.
    chunkFileNames: 'chunks/[name].js',
    codeSplitting: {
      groups: [
        ...ROOMS.map((room, i) => ({
          name: room,
          test: new RegExp(`[\\\\/]src[\\\\/]${room}[\\\\/]`),
          tags: ['$initial' as const],
          priority: ROOMS.length - i,
        })),
        // What comes with a store, with all that it imports at once.
        { name: 'history', test: /[\\/]open-history\.ts$/ },
      ],
    },
  },
})
export default config
