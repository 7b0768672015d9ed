namespace Exports.Connectors.Sdk;

/// <summary>How JSON shows values of the logical type <see cref="LogicalTypes.Decimal"/>.</summary>
public enum DecimalFormat
{
    /// <summary>As a JSON number.</summary>
    Numeric,

    /// <summary>As a string: the bytes that carry the unscaled number, in base 64.</summary>
    Base64,
}
