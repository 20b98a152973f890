import { createRegistry, type SiteRegistry } from '../../src/sites/registry.ts'
import type { Site } from '../../src/sites/site.ts'

const site = (about: Partial<Site> & Pick<Site, 'name' | 'label'>): Site => ({
  aliases: [],
  example: `${about.name} 노트북`,
  origin: `https://www.${about.name}.example`,
  hosts: [`www.${about.name}.example`],
  search: 'shop',
  start: () => [],
  routes: [],
  empty: [],
  blocked: [],
  ...about,
})

/** Shops whose names alone matter: what people type for them, and which words mean two of them. */
export const ssg = site({
  name: 'ssg',
  label: { ko: 'SSG.COM', en: 'SSG.COM' },
  aliases: ['쓱', '쓱닷컴', '에스에스지'],
  ambiguous: { 이마트: 'emart', emart: 'emart' },
  hosts: ['www.ssg.com', '.ssg.com'],
})
export const shinsegae = site({
  name: 'shinsegae',
  label: { ko: '신세계 쇼핑', en: 'Shinsegae Shopping' },
  ambiguous: { 신세계: 'ssg' },
  search: 'filter',
})
export const web = site({ name: 'web', label: { ko: '웹', en: 'Web' }, hosts: [] })

export const registry = (...sites: Site[]): SiteRegistry =>
  createRegistry(sites.length > 0 ? sites : [ssg, shinsegae, web])
