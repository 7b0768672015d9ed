using System.Text;
using Exports.Grains;

namespace Exports.Observation;

/// <summary>States and the like in the words of the REST API: <c>DESTINATION_MISSING</c>.</summary>
public static class Words
{
    /// <summary>The word of a state.</summary>
    public static string Of(RunState state) => Cache<RunState>.Words[(int)state];

    /// <summary>The word of a target state.</summary>
    public static string Of(TargetState state) => Cache<TargetState>.Words[(int)state];

    /// <summary>The word of a health.</summary>
    public static string Of(Health health) => Cache<Health>.Words[(int)health];

    /// <summary>The word of a cause.</summary>
    public static string Of(ProblemCause cause) => Cache<ProblemCause>.Words[(int)cause];

    /// <summary>The word of an error's cause, in lower case as labels have it.</summary>
    public static string Label(Connectors.Sdk.ErrorCause cause) => Cache<Connectors.Sdk.ErrorCause>.Labels[(int)cause];

    /// <summary>The word of a cause, in lower case as labels have it.</summary>
    public static string Label(ProblemCause cause) => Cache<ProblemCause>.Labels[(int)cause];

    /// <summary>The word of a state, in lower case as labels have it.</summary>
    public static string Label(RunState state) => Cache<RunState>.Labels[(int)state];

    /// <summary>The word of a health, in lower case as labels have it.</summary>
    public static string Label(Health health) => Cache<Health>.Labels[(int)health];

    private static class Cache<T>
        where T : struct, Enum
    {
        public static readonly string[] Words = [.. Enum.GetNames<T>().Select(Upper)];
        public static readonly string[] Labels = [.. Words.Select(word => word.ToLowerInvariant())];

        private static string Upper(string name)
        {
            var word = new StringBuilder();
            foreach (var letter in name)
            {
                if (char.IsAsciiLetterUpper(letter) && word.Length > 0)
                    word.Append('_');
                word.Append(char.ToUpperInvariant(letter));
            }

            return word.ToString();
        }
    }
}
