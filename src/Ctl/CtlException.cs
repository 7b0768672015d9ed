namespace Exports.Ctl;

/// <summary>A command cannot go on.</summary>
/// <param name="code">The <see cref="ExitCode"/>.</param>
/// <param name="message">What is wrong, and what is allowed.</param>
internal sealed class CtlException(int code, string message) : Exception(message)
{
    public int Code => code;

    public static CtlException Misuse(string message) => new(ExitCode.Unusable, message);

    public static CtlException Refused(string message) => new(ExitCode.Refused, message);
}
