import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { CONFIG_FIELDS, configJsonSchema } from '../index.ts'

it('is described value by value in docs/configuration.md', () => {
  const page = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => /^\| `[\w.]+` \| `BOXMAN_/.test(line))
  const wanted = CONFIG_FIELDS.map(({ path, variable, aliases, fallback, meaning, changeable }) => {
    const variables = [variable, ...Object.keys(aliases)].map((name) => `\`${name}\``).join(', ')
    const shown = fallback === undefined ? '' : `\`${JSON.stringify(fallback).replaceAll('"', "'")}\``
    return `| \`${path}\` | ${variables} | ${shown} | ${changeable} | ${meaning} |`
  })
  expect(rows).toEqual(wanted)
})

it('has a JSON Schema, config.schema.json, that is in step', async () => {
  const text = `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`
  await expect(text).toMatchFileSnapshot('../../../config.schema.json')
})
