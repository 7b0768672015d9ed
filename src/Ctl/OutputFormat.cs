namespace Exports.Ctl;

/// <summary>How results are printed.</summary>
internal enum OutputFormat
{
    /// <summary>For people.</summary>
    Table,

    /// <summary>One JSON value, in the shapes of the REST API.</summary>
    Json,

    /// <summary>Names alone, one a line.</summary>
    Name,
}
