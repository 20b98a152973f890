/** The two layouts that Korean keyboards switch between: 두벌식 (KS X 5002) and QWERTY. */
const INITIALS = 'r R s e E f a q Q t T d w W c z x v g'.split(' ')
const VOWELS = 'k o i O j p u P h hk ho hl y n nj np nl b m ml l'.split(' ')
const FINALS = '| r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g'.split(' ')
/** U+3131 … U+3163: the letters alone, as typed without making a syllable. */
const LETTERS =
  'r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g k o i O j p u P h hk ho hl y n nj np nl b m ml l'.split(
    ' ',
  )

const SYLLABLES = 0xac00
const LAST_SYLLABLE = 0xd7a3
const FIRST_LETTER = 0x3131

/**
 * The QWERTY keys that a text takes on a Korean keyboard, lower case: `ㄴㄴㅎ` is `ssg`, `신세계` is `tlstprp`. Two texts
 * with the same keys are the same word typed in one layout or the other.
 */
export const keysOf = (text: string): string => [...text.normalize('NFC')].map(keysOfCharacter).join('').toLowerCase()

function keysOfCharacter(character: string): string {
  const code = character.codePointAt(0)!
  if (code >= SYLLABLES && code <= LAST_SYLLABLE) {
    const index = code - SYLLABLES
    const final = FINALS[index % 28]!
    return INITIALS[Math.floor(index / 588)]! + VOWELS[Math.floor(index / 28) % 21]! + (final === '|' ? '' : final)
  }
  return LETTERS[code - FIRST_LETTER] ?? character
}
