using System.Security.Cryptography;
using System.Text;

namespace Exports.Kafka.Client;

/// <summary>Client settings in librdkafka's names and values, and what became of those that have none. Immutable.</summary>
public sealed class TranslatedSettings
{
    internal TranslatedSettings(
        IReadOnlyDictionary<string, string> settings,
        IReadOnlyList<IgnoredSetting> ignored,
        IReadOnlyList<string> unknown)
    {
        Settings = settings;
        Ignored = ignored;
        Unknown = unknown;
    }

    /// <summary>The settings to give to librdkafka. Holds secrets: never log the values.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>Settings that are known and have no effect here, by key.</summary>
    public IReadOnlyList<IgnoredSetting> Ignored { get; }

    /// <summary>Keys that neither Java clients nor librdkafka know, by name. They have no effect and deserve a warning.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>
    /// A text that is equal for equal <see cref="Settings"/> and differs otherwise, for tables of clients that can be shared.
    /// Secrets cannot be read from it.
    /// </summary>
    public string Fingerprint => field ??= Hash(Settings);

    /// <summary>The fingerprint of all settings but one, such as <c>client.id</c>.</summary>
    public string FingerprintWithout(string name) => Hash(Settings.Where(setting => setting.Key != name));

    /// <summary>Names the settings without their values.</summary>
    public override string ToString() => string.Join(", ", Settings.Keys.Order(StringComparer.Ordinal));

    private static string Hash(IEnumerable<KeyValuePair<string, string>> settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, value) in settings.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            // Lengths keep "a=bc" and "ab=c" apart.
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length}:{name}{value.Length}:{value}"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
