import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = new URL('dist/main.js', import.meta.url)

/** A package that is not installed cannot be resolved; one that is not built resolves to a file that is not there. */
function isThere(name) {
  try {
    return existsSync(fileURLToPath(import.meta.resolve(name)))
  } catch {
    return false
  }
}

const missing = [...(isThere('boxman/series') ? [] : ['boxman']), ...(existsSync(main) ? [] : ['craps-gateway'])]
if (missing.length > 0) {
  process.stderr.write(
    `Not built yet: ${missing.join(', ')}. Run \`npm run build\` (after \`npm ci\`), then start again.\n`,
  )
  process.exit(1)
}
await import(main.href)
