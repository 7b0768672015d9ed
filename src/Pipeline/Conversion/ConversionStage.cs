namespace Exports.Pipeline;

/// <summary>What was being done with a record when it failed.</summary>
public enum ConversionStage
{
    /// <summary>Its key was being converted.</summary>
    KeyConverter,

    /// <summary>Its value was being converted.</summary>
    ValueConverter,

    /// <summary>Its headers were being converted.</summary>
    HeaderConverter,

    /// <summary>A transform or its predicate was being applied.</summary>
    Transformation,
}
