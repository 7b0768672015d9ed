namespace Exports.Connectors.Http;

/// <summary>How values that come as bytes or text are written in a JSON body.</summary>
internal enum ValueForm
{
    /// <summary>They hold JSON, and are written as they are.</summary>
    Json,

    /// <summary>They are text, and become JSON strings.</summary>
    String,

    /// <summary>They become JSON strings in base 64.</summary>
    Base64,
}
