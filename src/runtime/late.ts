import type { ChannelHost, MessageTemplates } from '../alerting/index.ts'
import type { Reply } from '../wire/index.ts'
import type { Question } from './ask/ask.ts'
import type { Backtested, BacktestQuestion } from './backtest/backtested.ts'
import type { Environment } from './config/resolve.ts'
import type { ServeOptions } from './serve/options.ts'
import type { Server } from './serve/serve.ts'

// No service needs these: they are loaded by whoever calls them.

/** A small Prometheus. @throws ConfigError, BoxmanError saying what to do; nothing is left running then. */
export async function createServer(options: ServeOptions, env?: Environment, onOpen?: () => void): Promise<Server> {
  const serve = await import('./serve/serve.ts')
  return serve.createServer(options, env, onOpen)
}

/** Rejects with a BoxmanError that names what is wrong, with the question or with the server. */
export async function askServer(question: Question): Promise<Reply> {
  const ask = await import('./ask/ask.ts')
  return ask.askServer(question)
}

/** What the channels of alerts need, for a command. @param cwd where nodemailer is looked for first. */
export async function createChannelHost(templates: MessageTemplates, cwd: string): Promise<ChannelHost> {
  const host = await import('./alerting/channel-host.ts')
  return host.createChannelHost(templates, cwd)
}

/** How often rules would have fired. Rejects with a BoxmanError that names what is wrong. */
export async function backtest(question: BacktestQuestion): Promise<Backtested> {
  const run = await import('./backtest/backtest.ts')
  return run.backtest(question)
}
