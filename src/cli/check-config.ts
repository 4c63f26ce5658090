import type { CommandDef } from 'citty'
import { printConfig } from './config.ts'

type Args = { file: { type: 'positional'; required: false; description: string } }

/** As `boxman config`, with the file as its only argument. */
export const checkConfig: CommandDef<Args> = {
  meta: {
    name: 'check-config',
    description: 'Checks the configuration and prints each value with its source.',
  },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'The file to check; without it, the one that a service started here would read.',
    },
  },
  run: ({ args }) => printConfig({ file: args.file }),
}
