import { execFile } from 'node:child_process'

/** Runs a program to its end and resolves with its output; rejects with all output when it fails. */
export function runProgram(program: string, args: readonly string[], cwd?: string): Promise<string> {
  return new Promise((settle, reject) => {
    execFile(program, args, { cwd }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`))
      else settle(stdout)
    })
  })
}
