import { saveState, loadState } from 'boxman/alerting'
import { Subject } from './alerting/subject.ts'
const subject = new Subject()
subject.fill()
const mb = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1e6
}
console.log('heap', mb())
for (let i = 0; i < 5; i++) {
  const a = performance.now()
  const saved = saveState(subject.state)
  const b = performance.now()
  const text = JSON.stringify(saved)
  const c = performance.now()
  const bytes = new TextEncoder().encode(text)
  const d = performance.now()
  const parsed = JSON.parse(text)
  const e = performance.now()
  loadState(parsed)
  const f = performance.now()
  console.log(
    'save',
    b - a,
    'stringify',
    c - b,
    'encode',
    d - c,
    'MB',
    bytes.length / 1e6,
    'parse',
    e - d,
    'load',
    f - e,
  )
}
