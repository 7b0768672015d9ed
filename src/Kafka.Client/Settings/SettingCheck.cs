using System.Runtime.InteropServices;

namespace Exports.Kafka.Client;

/// <summary>Has librdkafka say what it knows and what it accepts, without making a client.</summary>
internal sealed unsafe class SettingCheck : IDisposable
{
    private const int Unknown = -2;
    private nint _conf;

    public SettingCheck()
    {
        LibrdkafkaLoader.Load();
        _conf = ProducerApi.rd_kafka_conf_new();
    }

    /// <summary>What librdkafka was built with, such as <c>ssl</c>, <c>sasl_scram</c> and <c>oidc</c>.</summary>
    public IReadOnlySet<string> Features
    {
        get
        {
            var text = stackalloc byte[1024];
            nuint size = 1024;
            if (ProducerApi.rd_kafka_conf_get(_conf, "builtin.features", text, &size) != 0)
                return new HashSet<string>();
            return Marshal.PtrToStringUTF8((nint)text)!.Split(',').ToHashSet(StringComparer.Ordinal);
        }
    }

    /// <summary>Whether a name is one of librdkafka's, whatever its value.</summary>
    public bool Knows(string name)
    {
        var text = stackalloc byte[512];
        // No value: restores the default, which is always allowed.
        return ProducerApi.rd_kafka_conf_set(_conf, name, null, text, 512) != Unknown;
    }

    /// <exception cref="KafkaSettingException">librdkafka refuses the value; the message says why.</exception>
    public void Set(string name, string value, string from)
    {
        var text = stackalloc byte[512];
        if (ProducerApi.rd_kafka_conf_set(_conf, name, value, text, 512) == 0)
            return;
        // librdkafka's message may repeat the value.
        throw new KafkaSettingException(
            from, value, SecretKeys.IsSecret(from) || SecretKeys.IsSecret(name)
                ? "the Kafka client refuses it"
                : Marshal.PtrToStringUTF8((nint)text)!.Trim());
    }

    public void Dispose()
    {
        if (_conf != 0)
            ProducerApi.rd_kafka_conf_destroy(_conf);
        _conf = 0;
    }
}
