import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ko } from '../../src/messages/ko.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const source = ['src', 'adapters']
  .flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  )
  .filter((file) => /\.tsx?$/.test(file) && !/src\/messages\/(?:en|ko|sentences)\.ts$/.test(file))
  .map((file) => readFileSync(`${root}/${file}`, 'utf8'))
  .join('\n')

test('every sentence is said somewhere: by its name, or by a name made of its beginning', () => {
  const names = source + readFileSync(`${root}/src/messages/ko.ts`, 'utf8') // it makes names of settings' mistakes
  const made = [...names.matchAll(/`([a-z_]+(?:\.[a-z_]+)*[._])\$\{/g)].map((match) => match[1]!)
  const unused = Object.keys(ko).filter(
    (key) => !source.includes(`'${key}'`) && !made.some((beginning) => key.startsWith(beginning)),
  )
  expect(unused).toEqual([])
})
