namespace Exports.Connectors.Http;

/// <summary>What the body of a request looks like.</summary>
internal enum BodyFormat
{
    /// <summary>One JSON array of all values.</summary>
    Json,

    /// <summary>One JSON value a line.</summary>
    NdJson,

    /// <summary>The bytes of the values, with text between them.</summary>
    Raw,
}
