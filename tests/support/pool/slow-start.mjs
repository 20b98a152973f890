// A module that is long in loading, as any may be on a busy machine.
await new Promise((resolve) => setTimeout(resolve, 1_500))

/** Gives back what it was given. */
export default function echo(value) {
  return value
}
