import { runLauncher } from './launcher/index.ts'

process.exit(
  await runLauncher(process.argv.slice(2), {
    validator: new URL('validator/main.js', import.meta.url),
    gateway: new URL('gateway/main.js', import.meta.url),
    players: new URL('players/main.js', import.meta.url),
  }),
)
