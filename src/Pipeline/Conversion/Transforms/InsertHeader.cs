using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Transforms;

/// <summary>Adds a header of a fixed value behind those that are there.</summary>
public sealed class InsertHeader : BuiltInTransform
{
    private const string HeaderKey = "header";
    private const string ValueLiteral = "value.literal";

    private Header _header;

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
    [
        new(HeaderKey, ConfigType.String, "The name of the header.")
        {
            Importance = ConfigImportance.High,
            Check = ConfigChecks.NonEmpty,
        },
        new(ValueLiteral, ConfigType.String, "The value: a number, true, false, null, a date or time, a [list] or {map} of these, or else text.")
        {
            Importance = ConfigImportance.High,
            Check = ConfigChecks.NonEmpty,
        },
    ];

    /// <inheritdoc/>
    public override bool Apply(ref SinkRecord record)
    {
        record = record with { Headers = [.. record.Headers, _header] };
        return true;
    }

    private protected override void Configure(ParsedConfig config)
        => _header = new(config.GetString(HeaderKey), ValueLiterals.Parse(config.GetString(ValueLiteral)));
}
