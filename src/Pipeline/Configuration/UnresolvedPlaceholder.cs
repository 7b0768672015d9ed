namespace Exports.Pipeline;

/// <summary>A placeholder that no config provider knows, which stays as it is.</summary>
/// <param name="Key">The configuration key that it is in.</param>
/// <param name="Text">The placeholder: <c>${provider:[path:]key}</c>.</param>
/// <param name="Reason">Why there is no value.</param>
public sealed record UnresolvedPlaceholder(string Key, string Text, string Reason)
{
    /// <summary>The warning for an operator.</summary>
    public override string ToString() => $"{Text} of the configuration key '{Key}' stays as it is: {Reason}";
}
