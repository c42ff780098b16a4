/** The headers that operations read, by the field of their input. */
export const HEADERS = {
  ifMatch: 'If-Match',
  idempotencyKey: 'Idempotency-Key',
  lastEventId: 'Last-Event-ID',
} as const
