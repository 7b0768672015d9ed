namespace Exports.Pipeline;

/// <summary>Why a record cannot be delivered.</summary>
/// <param name="Stage">What was being done with it, in Kafka Connect's words: <c>VALUE_CONVERTER</c>, <c>TASK_PUT</c>, ….</param>
/// <param name="ClassName">The full .NET name of the class that did it.</param>
/// <param name="Error">What failed, in words that say where.</param>
/// <param name="Cause">What the class threw, or reported.</param>
internal readonly record struct RecordError(string Stage, string ClassName, Exception Error, Exception Cause)
{
    /// <summary>A record could not be converted or transformed.</summary>
    public static RecordError Of(ConversionException error)
        => new(error.StageName, error.ClassName, error, error.InnerException ?? error);

    /// <summary>The destination does not take a record.</summary>
    public static RecordError OfPut(Type sink, Exception error) => new("TASK_PUT", sink.FullName!, error, error);
}
