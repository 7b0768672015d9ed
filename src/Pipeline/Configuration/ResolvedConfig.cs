using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Exports.Connectors.Sdk;

namespace Exports.Pipeline;

/// <summary>A configuration with placeholders resolved. Holds secrets: never log, store or show it.</summary>
public sealed class ResolvedConfig : IReadOnlyDictionary<string, string>
{
    private readonly Dictionary<string, string> _values;
    private readonly Redactor _redactor;

    internal ResolvedConfig(
        Dictionary<string, string> values,
        Redactor redactor,
        IReadOnlyDictionary<Placeholder, string> given,
        IReadOnlyList<UnresolvedPlaceholder> unresolved)
    {
        Given = given;
        Unresolved = unresolved;
        _values = values;
        _redactor = redactor;
    }

    /// <summary>What providers gave.</summary>
    internal IReadOnlyDictionary<Placeholder, string> Given { get; }

    /// <summary>The placeholders for which there is no value, and which are in the values as they were given.</summary>
    public IReadOnlyList<UnresolvedPlaceholder> Unresolved { get; }

    /// <inheritdoc/>
    public int Count => _values.Count;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _values.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _values.Values;

    /// <inheritdoc/>
    public string this[string key] => _values[key];

    /// <summary>
    /// The text with every value that a provider gave replaced by its placeholder: for error messages and traces.
    /// </summary>
    public string Redact(string text) => _redactor.Redact(text);

    /// <summary>The exception itself, or one that says the same without secrets where there are any in it.</summary>
    internal ConnectException Redact(ConnectException error)
    {
        var text = error.ToString();
        if (Redact(text) == text)
            return error;
        return error is ConfigException { Key: var key }
            ? new ConfigException(Redact(error.Message)) { Key = key }
            : new ConnectException(Redact(error.Message)) { Cause = ErrorCauses.Of(error) };
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _values.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _values.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
