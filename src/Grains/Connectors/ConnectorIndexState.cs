namespace Exports.Grains;

/// <summary>The stored names of all connectors.</summary>
[GenerateSerializer]
[Alias("exports.connector-index-state")]
internal sealed record ConnectorIndexState
{
    /// <summary>The names, in ordinal order.</summary>
    [Id(0)]
    public List<string> Names { get; init; } = [];
}
