/** A piece of a line. Texts are plain: the adapter escapes them, so that nothing in them pings or breaks markup. */
export type Span = string | { bold: string } | { code: string } | { link: string; text: string }

export type Line = Span | Span[]

/** What a button does; the adapter carries it as text and hands it back. Ownership is checked again when pressed. */
export interface Button {
  label: string
  style: 'normal' | 'primary' | 'danger'
  /** A command line of the grammar, e.g. `cancel <jobId>`: the words that the button stands for. */
  command: string
}

/** A platform-neutral message. */
export interface Message {
  lines: Line[]
  /** Drawn by the adapter under the lines; `total` null = unknown length. */
  bar?: { done: number; total: number | null }
  buttons?: Button[]
  /** Ping the job's owner: only the last word does. */
  mention?: { externalId: string }
  /** Names the person without a ping. */
  who?: { externalId: string; name: string }
}
