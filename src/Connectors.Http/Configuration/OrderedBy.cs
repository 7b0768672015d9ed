namespace Exports.Connectors.Http;

/// <summary>Which records are kept in order among each other.</summary>
internal enum OrderedBy
{
    /// <summary>Those of one partition.</summary>
    Partition,

    /// <summary>Those with the same key in one topic.</summary>
    Key,

    /// <summary>None.</summary>
    None,
}
