import { parseNumber } from './proc.ts'
import type { ListNames, ReadText } from './read-text.ts'

export interface Battery {
  /** 0 to 100; the mean of several. */
  readonly levelPercent: number
  readonly charging: boolean
  /** The machine runs on it. */
  readonly discharging: boolean
}

const THERMAL = 'sys/class/thermal'
const POWER = 'sys/class/power_supply'

/** Zones that are switched off report the like of -274000. */
const ABSOLUTE_ZERO_CELSIUS = -273.15

/** The hottest thermal zone. */
export async function readTemperature(readText: ReadText, list: ListNames): Promise<number | undefined> {
  const zones = (await list(THERMAL)).filter((name) => name.startsWith('thermal_zone'))
  const texts = await Promise.all(zones.map((zone) => readText(`${THERMAL}/${zone}/temp`)))
  const celsius = texts
    .map((text) => parseNumber(text ?? ''))
    .filter((milli) => milli !== undefined)
    .map((milli) => milli / 1000)
    .filter((degrees) => degrees > ABSOLUTE_ZERO_CELSIUS)
  return celsius.length === 0 ? undefined : Math.max(...celsius)
}

/** The batteries that power the machine: those of its mouse have the scope `Device`. */
export async function readBattery(readText: ReadText, list: ListNames): Promise<Battery | undefined> {
  const supplies = await Promise.all((await list(POWER)).map((name) => readSupply(`${POWER}/${name}`, readText)))
  const batteries = supplies.filter((supply) => supply !== undefined)
  if (batteries.length === 0) return undefined
  return {
    levelPercent: batteries.reduce((sum, { levelPercent }) => sum + levelPercent, 0) / batteries.length,
    charging: batteries.some(({ charging }) => charging),
    discharging: batteries.some(({ discharging }) => discharging),
  }
}

async function readSupply(path: string, readText: ReadText): Promise<Battery | undefined> {
  const names = ['type', 'scope', 'capacity', 'status'] as const
  const [type, scope, capacity, status] = await Promise.all(
    names.map(async (name) => (await readText(`${path}/${name}`))?.trim()),
  )
  const levelPercent = parseNumber(capacity ?? '')
  if (type !== 'Battery' || scope === 'Device' || levelPercent === undefined) return undefined
  return { levelPercent, charging: status === 'Charging', discharging: status === 'Discharging' }
}
