/** What `attr-char` of RFC 5987 section 3.2.1 does not hold, though encodeURIComponent leaves it. */
const NOT_ATTRIBUTE = /[!'()*]/g

const percent = (mark: string): string => `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** ASCII for clients that do not read `filename*`; a percent sign would be decoded by some, so it goes too. */
function plainName(name: string): string {
  const ending = /\.[A-Za-z0-9]{1,8}$/.exec(name)?.[0] ?? ''
  const stem = name
    .slice(0, name.length - ending.length)
    .replace(/[^A-Za-z0-9.-]+/g, '_')
    .replace(/^[_.]+|_$/g, '')
  return `${stem === '' ? 'result' : stem}${ending}`
}

/** A Content-Disposition (RFC 6266) that downloads under this name: UTF-8 by RFC 5987, with an ASCII fallback. */
export const contentDisposition = (name: string): string =>
  `attachment; filename="${plainName(name)}"; filename*=UTF-8''${encodeURIComponent(
    Buffer.from(name, 'utf8').toString('utf8'), // half a character would make encodeURIComponent throw
  ).replace(NOT_ATTRIBUTE, percent)}`
