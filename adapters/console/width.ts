/** Code points that take two columns: East Asian Wide and Fullwidth of Unicode's UAX #11, emoji included. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
]

/** Marks that stand on the letter before them, and joiners. */
const WIDTHLESS = /\p{Mn}|\p{Me}|[\u200b-\u200d]/u

const isWide = (code: number): boolean => WIDE.some(([first, last]) => code >= first && code <= last)

/** Columns that a text takes in a terminal; it holds no escapes. */
export function columnsOf(text: string): number {
  let columns = 0
  for (const character of text) {
    if (!WIDTHLESS.test(character)) columns += isWide(character.codePointAt(0)!) ? 2 : 1
  }
  return columns
}

/** Blanks after a text, up to a number of columns. */
export const padTo = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - columnsOf(text)))
