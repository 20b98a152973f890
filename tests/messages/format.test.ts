import { describe, expect, test } from 'vitest'
import {
  address,
  ago,
  atWallClock,
  bytes,
  cut,
  dateTime,
  duration,
  fileStamp,
  hostName,
  isoDay,
  moment,
  money,
  number,
  particle,
  percent,
  wallClock,
} from '../../src/messages/format.ts'
import { localeOf } from '../../src/messages/locale.ts'

/** 24 November 2026, 15:30:05 in Seoul. */
const at = Date.UTC(2026, 10, 24, 6, 30, 5)

test('numbers, shares and sizes', () => {
  expect(number('ko', 1_234_567)).toBe('1,234,567')
  expect(percent('en', 0.345)).toBe('35%')
  expect(bytes('ko', 1_234_567)).toBe('1.2MB')
  expect(bytes('en', 1_234_567)).toBe('1.2 MB')
  expect(bytes('ko', 0)).toBe('0바이트')
  expect(bytes('en', 5e12)).toBe('5,000 GB')
})

test('prices keep their currency and only the digits that they have', () => {
  expect(money('ko', 1_299_000, 'KRW')).toBe('₩1,299,000')
  expect(money('en', 1_299_000, 'KRW')).toBe('₩1,299,000')
  expect(money('en', 12.5, 'USD')).toBe('$12.50')
  expect(money('en', 12, 'USD')).toBe('$12')
  expect(money('ko', 5, 'coins')).toBe('5 coins')
  expect(money('ko', 5, null)).toBe('5')
})

test('durations are told by their two largest units', () => {
  expect(duration('ko', 0)).toBe('1초')
  expect(duration('ko', 125_000)).toBe('2분 5초')
  expect(duration('en', 125_000)).toBe('2 min 5 sec')
  expect(duration('ko', 3_600_000)).toBe('1시간')
  expect(duration('ko', 3_661_000)).toBe('1시간 1분')
  expect(duration('en', 90_000_000)).toBe('1 day 1 hr')
})

test('how long ago, and never in the future', () => {
  expect(ago('ko', at, at + 59_000)).toBe('방금')
  expect(ago('ko', at, at + 180_000)).toBe('3분 전')
  expect(ago('en', at, at + 7_200_000)).toBe('2 hours ago')
  expect(ago('ko', at, at + 86_400_000)).toBe('어제')
  expect(ago('ko', at + 60_000, at)).toBe('방금')
})

test('days and times are those of the zone', () => {
  expect(moment('ko', at, 'Asia/Seoul')).toBe('11월 24일 15:30')
  expect(dateTime('en', at, 'Asia/Seoul')).toBe('Nov 24, 2026, 15:30')
  expect(dateTime('ko', at, 'Asia/Seoul')).toBe('2026년 11월 24일 15:30')
  expect(fileStamp(at, 'Asia/Seoul')).toBe('20261124-1530')
  expect(isoDay(Date.UTC(2026, 10, 24, 15, 0), 'Asia/Seoul')).toBe('2026-11-25')
  expect(fileStamp(Date.UTC(2026, 10, 24, 15, 0), 'Asia/Seoul')).toBe('20261125-0000')
})

describe('what a clock in a zone shows', () => {
  test.each([
    ['Asia/Seoul', '2026-11-24T15:30', '2026-11-24T06:30:00Z'],
    ['Asia/Seoul', '2026-01-01T00:00:05', '2025-12-31T15:00:05Z'],
    ['UTC', '2026-11-24T15:30', '2026-11-24T15:30:00Z'],
    ['America/New_York', '2026-07-01T12:00', '2026-07-01T16:00:00Z'],
    ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00Z'], // comes twice: the first
    ['America/New_York', '2026-11-01T02:30', '2026-11-01T07:30:00Z'],
    ['Asia/Kathmandu', '2026-11-24T15:30', '2026-11-24T09:45:00Z'],
  ])('in %s %s is %s, and back', (zone, shown, moment) => {
    const at = atWallClock(shown, zone)
    expect(new Date(at).toISOString()).toBe(moment.replace('Z', '.000Z'))
    expect(wallClock(at, zone)).toContain(shown)
  })

  test('an hour that the clock leaves out is a moment all the same; another form is none', () => {
    expect(wallClock(atWallClock('2026-03-08T02:30', 'America/New_York'), 'America/New_York')).toMatch(/T0[13]:30/)
    expect(atWallClock('tomorrow', 'Asia/Seoul')).toBeNaN()
  })
})

test('cutting keeps whole letters and says that something is left out', () => {
  expect(cut('노트북', 3)).toBe('노트북')
  expect(cut('노트북들', 3)).toBe('노트…')
  expect(cut('👩‍💻👩‍💻👩‍💻', 2)).toBe('👩‍💻…')
})

test('hosts and addresses show what they really are', () => {
  expect(hostName('www.ssg.com')).toBe('www.ssg.com')
  expect(hostName('쇼핑.example')).toBe('xn--hp4bo76a.example (쇼핑.example)')
  expect(address('https://www.ssg.com/a')).toBe('https://www.ssg.com/a')
  expect(address('no address')).toBe('no address')
})

describe('Korean particles follow the sound of the word', () => {
  test.each([
    ['노트북', '을/를', '을'],
    ['마우스', '을/를', '를'],
    ['SSG.COM', '을/를', '을'],
    ['ssg', '은/는', '는'],
    ['서울', '으로/로', '로'],
    ['신세계 쇼핑', '으로/로', '으로'],
    ['파일(1)', '이/가', '이'],
    ['2', '이/가', '가'],
    ['foo', '이라는/라는', '라는'],
    ['', '을/를', '를'],
  ] as const)('%s %s', (word, pair, right) => {
    expect(particle(word, pair)).toBe(right)
  })
})

test('a platform’s locale tag gives the language that sentences exist in', () => {
  expect([localeOf('ko-KR'), localeOf('en_GB'), localeOf('fr'), localeOf(undefined)]).toEqual([
    'ko',
    'en',
    undefined,
    undefined,
  ])
})
