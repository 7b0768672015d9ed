using System.CommandLine;

namespace Exports.Ctl.Commands;

/// <summary><c>completion</c>: prints what makes a shell complete commands, options and connectors' names.</summary>
internal static class CompletionCommand
{
    // Each asks the program itself, by System.CommandLine's directive, with the line behind 'ctl' and the place of the cursor in it.
    private const string Bash = """
        _exports_complete() {
            local cur=${COMP_WORDS[COMP_CWORD]} IFS=$'\n'
            if [ "$COMP_CWORD" -eq 1 ]; then
                COMPREPLY=($(compgen -W $'demo\nrun\nimport\nctl\ntest\nbench\nbroker\nsetup\nhelp' -- "$cur"))
            elif [ "${COMP_WORDS[1]}" = ctl ]; then
                local line=${COMP_LINE#*" ctl "}
                local at=$((COMP_POINT - (${#COMP_LINE} - ${#line})))
                COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" ctl "[suggest:$at]" "$line" 2>/dev/null)" -- "$cur"))
            else
                COMPREPLY=($(compgen -f -- "$cur"))
            fi
            if [ ${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$cur")); fi
        }
        complete -F _exports_complete exports ./exports
        """;

    private const string Zsh = """
        #compdef exports
        _exports_complete() {
            local line at
            local -a found
            if (( CURRENT == 2 )); then
                found=(demo run import ctl test bench broker setup help)
            elif [[ ${words[2]} == ctl ]]; then
                line=${BUFFER#*" ctl "}
                at=$(( CURSOR - (${#BUFFER} - ${#line}) ))
                found=(${(f)"$("${words[1]}" ctl "[suggest:$at]" "$line" 2>/dev/null)"})
            fi
            if (( ${#found} )); then compadd -- $found; else _files; fi
        }
        (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
        compdef _exports_complete exports
        """;

    private const string Fish = """
        function __exports_complete
            set -l tokens (commandline -opc)
            set -l line (string replace -r '^.*? ctl ' '' -- (commandline -cp))
            set -l found ($tokens[1] ctl "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
            if test (count $found) -gt 0
                printf '%s\n' $found
            else
                __fish_complete_path (commandline -ct)
            end
        end
        complete -c exports -f -n 'test (count (commandline -opc)) -eq 1' -a 'demo run import ctl test bench broker setup help'
        complete -c exports -f -n 'test (count (commandline -opc)) -gt 1; and test (commandline -opc)[2] = ctl' -a '(__exports_complete)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints a script that makes a shell complete commands, options and connectors' names. For bash: source <(./exports ctl completion bash)") { shell };
        command.SetAction(parsed =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(parsed.GetValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                _ => Fish,
            });
            return ExitCode.Done;
        });
        return command;
    }
}
