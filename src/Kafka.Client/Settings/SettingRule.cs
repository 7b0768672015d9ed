using System.Globalization;

namespace Exports.Kafka.Client;

/// <summary>The clients that a setting concerns.</summary>
[Flags]
internal enum Roles
{
    Consumer = 1 << ClientRole.Consumer,
    Producer = 1 << ClientRole.Producer,
    Admin = 1 << ClientRole.Admin,
    All = Consumer | Producer | Admin,
}

/// <summary>What becomes of one key of the Java clients.</summary>
/// <param name="Key">The key.</param>
/// <param name="Roles">The clients that it concerns.</param>
/// <param name="Apply">Translates the value, given trimmed.</param>
internal sealed record SettingRule(string Key, Roles Roles, Action<Translation, string> Apply)
{
    /// <summary>A whole number that is passed on, under librdkafka's name.</summary>
    public static SettingRule Number(
        string key, Roles roles, long min, long max, string? name = null, Func<long, long>? map = null)
        => new(key, roles, (t, value) =>
        {
            var number = ParseNumber(key, value, min, max);
            t.Put(name ?? key, (map is null ? number : map(number)).ToString(CultureInfo.InvariantCulture), key);
        });

    /// <summary><c>true</c> or <c>false</c>, passed on.</summary>
    public static SettingRule Boolean(string key, Roles roles)
        => new(key, roles, (t, value) => t.Put(key, ParseBoolean(key, value) ? "true" : "false", key));

    /// <summary>One of some words, in any case; passed on in lower case, or as the value that follows <c>=</c>.</summary>
    public static SettingRule OneOf(string key, Roles roles, string? name, params string[] words)
        => new(key, roles, (t, value) =>
        {
            foreach (var word in words)
            {
                var (given, passed) = word.Split('=') is [var left, var right] ? (left, right) : (word, word);
                if (string.Equals(given, value, StringComparison.OrdinalIgnoreCase))
                {
                    t.Put(name ?? key, passed, key);
                    return;
                }
            }

            throw new KafkaSettingException(key, value, $"allowed: {string.Join(", ", words.Select(w => w.Split('=')[0]))}");
        });

    /// <summary>Text that is passed on.</summary>
    public static SettingRule Text(string key, Roles roles)
        => new(key, roles, (t, value) =>
        {
            if (value.Length > 0)
                t.Put(key, value, key);
        });

    /// <summary>A key without effect.</summary>
    public static SettingRule Ignored(string key, Roles roles, string reason)
        => new(key, roles, (t, _) => t.Ignore(key, reason));

    /// <summary>A key that would change what the client does, and that has no counterpart.</summary>
    /// <param name="key">The key.</param>
    /// <param name="roles">The clients that it concerns.</param>
    /// <param name="reason">Why it is refused, and what to do.</param>
    /// <param name="harmless">The values that change nothing; an empty one never does.</param>
    public static SettingRule Refused(string key, Roles roles, string reason, params string[] harmless)
        => new(key, roles, (t, value) =>
        {
            if (value.Length > 0 && !harmless.Contains(value, StringComparer.OrdinalIgnoreCase))
                throw new KafkaSettingException(key, value, reason);
            t.Ignore(key, "that is so already");
        });

    public static long ParseNumber(string key, string value, long min, long max)
    {
        if (!long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || number < min || number > max)
        {
            throw new KafkaSettingException(
                key, value, string.Create(CultureInfo.InvariantCulture, $"allowed: whole numbers from {min} to {max}"));
        }

        return number;
    }

    public static bool ParseBoolean(string key, string value)
        => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase)
            || (string.Equals(value, "false", StringComparison.OrdinalIgnoreCase)
                ? false
                : throw new KafkaSettingException(key, value, "allowed: true, false"));
}
