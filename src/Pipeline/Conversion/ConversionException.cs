using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A record could not be converted or transformed; <see cref="Exception.InnerException"/> is the cause.</summary>
public sealed class ConversionException : ConnectException
{
    /// <summary>Makes an exception.</summary>
    /// <param name="stage">What was being done.</param>
    /// <param name="className">The class of the converter, transform or predicate.</param>
    /// <param name="cause">The exception that it threw.</param>
    /// <param name="configuredBy">The prefix of its keys, for the message; null where the stage says it.</param>
    public ConversionException(ConversionStage stage, string className, Exception cause, string? configuredBy = null)
        : base($"{className}{(configuredBy is null ? "" : $" ({configuredBy})")} failed in stage {NameOf(stage)}: {cause.Message}", cause)
    {
        Stage = stage;
        ClassName = className;
    }

    /// <summary>What was being done.</summary>
    public ConversionStage Stage { get; }

    /// <summary>
    /// The stage as Kafka Connect writes it: <c>KEY_CONVERTER</c>, <c>VALUE_CONVERTER</c>, <c>HEADER_CONVERTER</c>,
    /// <c>TRANSFORMATION</c>.
    /// </summary>
    public string StageName => NameOf(Stage);

    /// <summary>The full .NET class name of the converter, transform or predicate.</summary>
    public string ClassName { get; }

    /// <summary>Whether the same record may succeed later.</summary>
    public bool CanRetry => InnerException is RetriableException;

    private static string NameOf(ConversionStage stage) => stage switch
    {
        ConversionStage.KeyConverter => "KEY_CONVERTER",
        ConversionStage.ValueConverter => "VALUE_CONVERTER",
        ConversionStage.HeaderConverter => "HEADER_CONVERTER",
        _ => "TRANSFORMATION",
    };
}
