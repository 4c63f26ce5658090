const CORRELATION_ID = /^[\w.:+/=@-]{1,128}$/

/** Whether an id from outside may stand in logs and headers: short, and without a character that breaks either. */
export function isCorrelationId(text: string | undefined): text is string {
  return text !== undefined && CORRELATION_ID.test(text)
}
