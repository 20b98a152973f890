/** A body that can be sent as it is. */
export interface WrittenForm {
  body: Buffer
  /** With the boundary between the form's parts. */
  contentType: string
}

/** A form of Node's own, written out: to the library that passes a proxy it is none. @returns undefined for anything else */
export async function writtenForm(body: unknown): Promise<WrittenForm | undefined> {
  if (!(body instanceof FormData)) return undefined
  const whole = new Response(body)
  return { body: Buffer.from(await whole.arrayBuffer()), contentType: whole.headers.get('content-type') ?? '' }
}
