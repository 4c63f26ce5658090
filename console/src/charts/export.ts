import type { Frame } from '../data/series.ts'
import { colourOf } from './palette.ts'

/** A row a moment, a column a line; times in ISO 8601. */
export function csvOf({ times, lines }: Pick<Frame, 'times' | 'lines'>): string {
  const rows = [['time', ...lines.map(({ name }) => name)]]
  times.forEach((time, i) => {
    rows.push([new Date(time * 1000).toISOString(), ...lines.map(({ values }) => String(values[i] ?? ''))])
  })
  return rows.map((row) => `${row.map(cell).join(',')}\n`).join('')
}

/** A cell that begins as a formula would is not to be run as one. */
function cell(text: string): string {
  const safe = /^[=+@\t\r]|^-(?![\d.])/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The plot in an element, on the colour of its card. */
export async function savePicture(title: string, element: Element | null): Promise<void> {
  const picture = element === null ? null : await pictureOf(element, colourOf('--surface'))
  if (picture !== null) saveFile(fileNameOf(title, 'png'), picture)
}

export function saveFrame(title: string, frame: Frame): void {
  saveFile(fileNameOf(title, 'csv'), csvOf(frame), 'text/csv')
}

/** What is in a plot's element as a picture, on the colour of the page. */
function pictureOf(plot: Element, background: string): Promise<Blob | null> {
  const canvas = plot.querySelector('canvas')
  if (canvas === null) return Promise.resolve(null)
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height
  const context = copy.getContext('2d')
  if (context === null) return Promise.resolve(null)
  context.fillStyle = background
  context.fillRect(0, 0, copy.width, copy.height)
  context.drawImage(canvas, 0, 0)
  return new Promise((resolve) => {
    copy.toBlob(resolve, 'image/png')
  })
}

/** Hands the browser a file to be kept. */
export function saveFile(name: string, content: Blob | string, type = 'text/plain'): void {
  const url = URL.createObjectURL(typeof content === 'string' ? new Blob([content], { type }) : content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

/** As the name of a file may be. */
export function fileNameOf(title: string, extension: string): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
  return `${plain === '' ? 'chart' : plain}.${extension}`
}
