using Exports.Connectors.Sdk;

namespace Exports.Pipeline.Predicates;

/// <summary>Holds for records that have a header of a name.</summary>
public sealed class HasHeaderKey : BuiltInPredicate
{
    private const string NameKey = "name";

    private string _name = "";

    /// <inheritdoc/>
    public override ConfigDef Config { get; } =
        [new(NameKey, ConfigType.String, "The name of the header.") { Check = ConfigChecks.NonEmpty }];

    /// <inheritdoc/>
    public override bool Test(in SinkRecord record)
    {
        for (var i = 0; i < record.Headers.Count; i++)
        {
            if (record.Headers[i].Key == _name)
                return true;
        }

        return false;
    }

    private protected override void Configure(ParsedConfig config) => _name = config.GetString(NameKey);
}
