import { parseNumber } from './proc.ts'
import type { ListNames, ReadText } from './read-text.ts'

const CPUS = 'sys/devices/system/cpu'
const THERMAL = 'sys/class/thermal'

/** How often the processors were slowed down because of heat so far, and whether a device holds them back right now. */
export interface ThrottleState {
  readonly events: number
  readonly heldBack: boolean
}

/** Undefined: the machine does not tell. */
export async function readThrottling(readText: ReadText, list: ListNames): Promise<ThrottleState | undefined> {
  const cpus = (await list(CPUS)).filter((name) => /^cpu\d+$/.test(name))
  const devices = (await list(THERMAL)).filter((name) => name.startsWith('cooling_device'))
  const [counts, states] = await Promise.all([
    Promise.all(
      cpus.flatMap((cpu) =>
        ['core_throttle_count', 'package_throttle_count'].map(async (name) =>
          parseNumber((await readText(`${CPUS}/${cpu}/thermal_throttle/${name}`)) ?? ''),
        ),
      ),
    ),
    Promise.all(devices.map((device) => processorState(`${THERMAL}/${device}`, readText))),
  ])
  const known = counts.filter((count) => count !== undefined)
  const levels = states.filter((state) => state !== undefined)
  if (known.length === 0 && levels.length === 0) return undefined
  return { events: known.reduce((sum, count) => sum + count, 0), heldBack: levels.some((level) => level > 0) }
}

/** Fans cool too, and slow nothing down. */
async function processorState(device: string, readText: ReadText): Promise<number | undefined> {
  const type = (await readText(`${device}/type`))?.trim() ?? ''
  if (!/^(processor|cpufreq)/i.test(type)) return undefined
  return parseNumber((await readText(`${device}/cur_state`)) ?? '')
}
