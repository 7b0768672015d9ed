using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Removes headers by their names.</summary>
public sealed class DropHeaders : BuiltInTransform
{
    private const string HeadersKey = "headers";

    private HashSet<string> _headers = [];

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(HeadersKey, ConfigType.List, "The names of the headers to remove.")
        {
            Importance = ConfigImportance.High,
            Check = TransformChecks.NonEmptyList,
        },
    ];

    /// <inheritdoc/>
    public override bool Apply(ref SinkRecord record)
    {
        if (record.Headers.Any(IsDropped))
            record = record with { Headers = [.. record.Headers.Where(header => !IsDropped(header))] };
        return true;
    }

    private protected override void Configure(ParsedConfig config) => _headers = config.GetList(HeadersKey).ToHashSet(StringComparer.Ordinal);

    private bool IsDropped(Header header) => _headers.Contains(header.Key);
}
