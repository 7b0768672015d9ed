namespace Exports.Pipeline;

/// <summary>A config provider's answer: a value, or why there is none.</summary>
internal readonly record struct ProvidedValue
{
    private ProvidedValue(string? value, string? absence) => (Value, Absence) = (value, absence);

    /// <summary>The value; null when there is none.</summary>
    public string? Value { get; }

    /// <summary>Why there is no value; null when there is one.</summary>
    public string? Absence { get; }

    public static ProvidedValue Of(string value) => new(value, null);

    public static ProvidedValue None(string reason) => new(null, reason);
}
