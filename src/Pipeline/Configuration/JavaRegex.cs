using System.Text.RegularExpressions;

namespace Exports.Pipeline;

/// <summary>
/// Compiles regular expressions in the syntax of Java's <c>java.util.regex.Pattern</c>, translated where .NET writes the
/// same thing differently: possessive quantifiers, ASCII-only <c>\d \w \s</c>, POSIX classes such as <c>\p{Alpha}</c>,
/// <c>\Q…\E</c>, <c>\h \v \R</c>, unions and exclusions in character classes.
/// </summary>
public static class JavaRegex
{
    private static readonly TimeSpan s_timeLimit = TimeSpan.FromSeconds(1);

    /// <summary>Compiles a pattern so that it matches whole texts only.</summary>
    /// <remarks>
    /// Matching takes time in proportion to the text, whatever the pattern, unless it looks around, refers back or is
    /// possessive; then it takes at most a second and throws <see cref="RegexMatchTimeoutException"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">The pattern is malformed, or uses what has no equivalent in .NET.</exception>
    // \z and not $, which would let a line feed follow.
    public static Regex CompileFullMatch(string pattern) => CompileTranslated($@"\A(?:{JavaRegexTranslator.Translate(pattern)})\z");

    /// <summary>Compiles a pattern so that it finds what matches anywhere in a text.</summary>
    /// <inheritdoc cref="CompileFullMatch"/>
    public static Regex Compile(string pattern) => CompileTranslated(JavaRegexTranslator.Translate(pattern));

    private static Regex CompileTranslated(string translated)
    {
        try
        {
            return new(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new(translated, RegexOptions.CultureInvariant, s_timeLimit);
        }
    }
}
