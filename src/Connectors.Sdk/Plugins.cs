namespace Exports.Connectors.Sdk;

/// <summary>Whether a converter serves keys, values or headers.</summary>
public enum ConverterRole
{
    /// <summary>Record keys.</summary>
    Key,

    /// <summary>Record values.</summary>
    Value,

    /// <summary>Record headers.</summary>
    Header,
}

/// <summary>
/// Turns bytes from Kafka into data and back. Configured once; then used by one thread at a time.
/// Needs a public constructor without parameters.
/// </summary>
public abstract class Converter
{
    /// <summary>
    /// Other names that a configuration may give this converter by, such as the Java class name of the original.
    /// </summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>The keys of its configuration, without the prefix (<c>value.converter.</c> and the like).</summary>
    public abstract ConfigDef Config { get; }

    /// <summary>Whether it can serve keys, values or headers; by default all of them.</summary>
    public virtual bool Supports(ConverterRole role) => true;

    /// <summary>Takes its configuration: the keys under its prefix, the prefix removed.</summary>
    /// <exception cref="ConfigException">A value is not allowed.</exception>
    public abstract void Configure(IReadOnlyDictionary<string, string> config, ConverterRole role);

    /// <summary>Turns bytes from Kafka into data. The result may refer to the same memory.</summary>
    /// <param name="topic">The record's topic.</param>
    /// <param name="bytes">The bytes; null when the record has none.</param>
    /// <exception cref="DataException">The bytes are not what this converter reads.</exception>
    public abstract ConnectValue ToConnectData(string topic, ReadOnlyMemory<byte>? bytes);

    /// <summary>Turns data into bytes for Kafka; null for no data.</summary>
    /// <exception cref="DataException">The data has no form in this converter's format.</exception>
    public abstract ReadOnlyMemory<byte>? FromConnectData(string topic, ConnectValue value);
}

/// <summary>
/// Changes or drops single records on their way (an SMT). Configured once; then used by one thread at a time.
/// Needs a public constructor without parameters.
/// </summary>
public abstract class Transform
{
    /// <summary>Other names that <c>transforms.X.type</c> may give this transform by.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>The keys of its configuration, without the prefix <c>transforms.X.</c>.</summary>
    public abstract ConfigDef Config { get; }

    /// <summary>
    /// Checks what concerns several keys at once. Called when every key of <see cref="Config"/> is all right by itself.
    /// </summary>
    /// <param name="config">The keys under its prefix, the prefix removed. May hold secrets: messages must not.</param>
    /// <returns>One entry an error: the key it is shown at, and a message that says what is wrong and what is allowed.</returns>
    public virtual IEnumerable<(string Key, string Message)> Validate(IReadOnlyDictionary<string, string> config) => [];

    /// <summary>Takes its configuration: the keys under its prefix, the prefix removed.</summary>
    /// <exception cref="ConfigException">A value is not allowed.</exception>
    public abstract void Configure(IReadOnlyDictionary<string, string> config);

    /// <summary>Changes the record in place, or drops it.</summary>
    /// <returns>False to drop the record.</returns>
    /// <exception cref="DataException">The record is not what this transform can change.</exception>
    public abstract bool Apply(ref SinkRecord record);
}

/// <summary>Decides which records a transform is applied to. Needs a public constructor without parameters.</summary>
public abstract class Predicate
{
    /// <summary>Other names that <c>predicates.X.type</c> may give this predicate by.</summary>
    public virtual IReadOnlyList<string> Aliases => [];

    /// <summary>The keys of its configuration, without the prefix <c>predicates.X.</c>.</summary>
    public abstract ConfigDef Config { get; }

    /// <summary>Takes its configuration: the keys under its prefix, the prefix removed.</summary>
    /// <exception cref="ConfigException">A value is not allowed.</exception>
    public abstract void Configure(IReadOnlyDictionary<string, string> config);

    /// <summary>Whether the record meets the condition.</summary>
    public abstract bool Test(in SinkRecord record);
}
