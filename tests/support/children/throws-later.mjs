// Preload: throws where nobody catches, when the parent says so.
process.on('SIGUSR2', () => {
  setImmediate(() => {
    throw new Error('planted')
  })
})
