import type { Reply } from '../../wire/index.ts'
import type { Question } from './ask.ts'

/** Loaded when it is wanted. Rejects with a BoxmanError that names what is wrong, with the question or with the server. */
export async function askServer(question: Question): Promise<Reply> {
  const ask = await import('./ask.ts')
  return await ask.askServer(question)
}
