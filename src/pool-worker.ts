/** What a thread is given: which module to run, with what, and where to write that it has begun. */
export interface ThreadTask {
  /** File URL of a compiled module. */
  module: string
  input: unknown
  /** One Float64: the moment when the module was loaded and the task began, by machineMs; 0 before. */
  began: SharedArrayBuffer
}

/** Milliseconds that only grow, whatever the machine's clock is set to; the same in all threads of the process. */
export const machineMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

type Run = (input: unknown) => unknown

/** Modules stay loaded as long as their thread. */
const loaded = new Map<string, Run>()

async function load(module: string): Promise<Run> {
  const { default: run } = (await import(module)) as { default: Run }
  loaded.set(module, run)
  return run
}

/** Runs one task in a thread of the pool. */
export default async function runTask({ module, input, began }: ThreadTask): Promise<unknown> {
  const run = loaded.get(module) ?? (await load(module))
  new Float64Array(began)[0] = machineMs()
  return run(input)
}
