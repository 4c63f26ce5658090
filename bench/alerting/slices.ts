import { mainThreadMs } from '../thread-clock.ts'

// Loaded before a service: finds the longest piece of work that its main thread does without letting others in, and says it
// when it is asked by a signal.

let longest = 0
let last = mainThreadMs()

function look(): void {
  const now = mainThreadMs()
  longest = Math.max(longest, now - last)
  last = now
  setImmediate(look).unref()
}

process.on('SIGUSR2', () => {
  process.stderr.write(`longest slice: ${longest}\n`)
  longest = 0
})
// What starts takes long, and is not looked at.
setTimeout(look, 3000).unref()
setInterval(() => undefined, 5).unref()
