import { CAUSE_NAMES, SCENARIOS, SUITES } from '@spsc/lab'
import type { Command, Option } from 'commander'
import { EXIT } from './exit-codes.js'
import { QUEUES } from './plugins.js'
import { print } from './streams.js'

/** What may follow a command: its options, the values an argument or option is limited to. */
interface Words {
  readonly command: string
  readonly description: string
  readonly options: readonly {
    readonly flag: string
    readonly description: string
    readonly values: readonly string[]
  }[]
  readonly values: readonly string[]
}

/** Names that are not written into the options: what they belong to is loaded when it is needed. */
function valuesOf({ long, argChoices }: Option): readonly string[] {
  if (long === '--queue') return Object.keys(QUEUES)
  return long === '--hypothesis' ? CAUSE_NAMES : (argChoices ?? [])
}

function wordsOf(program: Command): Words[] {
  return program.commands.map((command) => ({
    command: command.name(),
    description: command.summary(),
    options: command.options.map((option) => ({
      flag: option.long as string,
      description: option.description,
      values: valuesOf(option),
    })),
    values: command.registeredArguments.flatMap((argument) =>
      argument.name() === 'target' ? [...Object.keys(SUITES), ...Object.keys(SCENARIOS)] : (argument.argChoices ?? []),
    ),
  }))
}

function bash(commands: readonly Words[]): string {
  const cases = commands.map(({ command, options, values }) => {
    const words = [...options.map(({ flag }) => flag), ...values].join(' ')
    return `    ${command}) words="${words}" ;;`
  })
  const afterOption = commands
    .flatMap(({ options }) => options)
    .filter(({ values }) => values.length > 0)
    .map(({ flag, values }) => `    ${flag}) words="${values.join(' ')}" ;;`)
  return `_spsc() {
  local words="${commands.map(({ command }) => command).join(' ')}" current="\${COMP_WORDS[COMP_CWORD]}"
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
${[...new Set(afterOption)].join('\n')}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${commands.map(({ command }) => command).join(' ')}"
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _spsc spsc
`
}

/** zsh runs bash completions. */
function zsh(commands: readonly Words[]): string {
  return `autoload -U +X bashcompinit && bashcompinit\n${bash(commands)}`
}

function fish(commands: readonly Words[]): string {
  const quote = (text: string) => `'${text.replaceAll("'", "\\'")}'`
  const lines = commands.flatMap(({ command, description, options, values }) => [
    `complete -c spsc -n __fish_use_subcommand -a ${command} -d ${quote(description)}`,
    ...options.map(({ flag, description: text, values: choices }) => {
      const given = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ''
      return `complete -c spsc -n '__fish_seen_subcommand_from ${command}' -l ${flag.slice(2)} -d ${quote(text)}${given}`
    }),
    ...(values.length > 0
      ? [`complete -c spsc -n '__fish_seen_subcommand_from ${command}' -a ${quote(values.join(' '))}`]
      : []),
  ])
  return `${lines.join('\n')}\n`
}

/** `spsc completion`: a script for the shell to source, made from the commands themselves. */
export async function completion(shell: string, program: Command): Promise<number> {
  const commands = wordsOf(program)
  const scripts = { bash, zsh, fish }
  print(scripts[shell as keyof typeof scripts](commands))
  return EXIT.ok
}
