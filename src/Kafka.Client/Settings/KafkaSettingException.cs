namespace Exports.Kafka.Client;

/// <summary>
/// A client setting cannot work. The message is <c>Invalid value V for configuration K: reason</c>, with the value hidden
/// where it is a secret.
/// </summary>
public sealed class KafkaSettingException : Exception
{
    /// <summary>Makes an exception about a key's value.</summary>
    /// <param name="key">The key, as it was given.</param>
    /// <param name="value">The value, or null when the key is missing. Hidden when the key is one of secrets.</param>
    /// <param name="reason">What is wrong and what is allowed; holds no secret.</param>
    public KafkaSettingException(string key, string? value, string reason)
        : base($"Invalid value {Show(key, value)} for configuration {key}: {reason}")
    {
        Key = key;
        ShownValue = Show(key, value);
        Reason = reason;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The value as it may be shown; <c>null</c> as text when the key is missing.</summary>
    public string ShownValue { get; }

    /// <summary>What is wrong and what is allowed.</summary>
    public string Reason { get; }

    private static string Show(string key, string? value)
        => value is null ? "null" : SecretKeys.IsSecret(key) ? SecretKeys.Hidden : value;
}
