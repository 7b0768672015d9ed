namespace Exports.Silo.Configuration;

/// <summary>The worker's configuration cannot be used. Carries everything that is wrong with it.</summary>
public sealed class WorkerConfigException : Exception
{
    internal WorkerConfigException(IReadOnlyList<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>One entry an error: key, value (never a password) and what is allowed. At least one.</summary>
    public IReadOnlyList<string> Errors { get; }
}
