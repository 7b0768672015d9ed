using Microsoft.Extensions.Logging;

namespace Exports.Pipeline;

/// <summary>
/// The dead letter producers of a worker: one for all tasks with the same settings, from when the first opens its queue until
/// the last has closed it. Thread-safe.
/// </summary>
internal sealed class DeadLetterProducers(ILoggerFactory loggers) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<DeadLetterProducer>();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, DeadLetterProducer> _producers = new(StringComparer.Ordinal);

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _producers.Count;
        }
    }

    /// <summary>The producer with these settings; to be given back by <see cref="DeadLetterProducer.Return"/>.</summary>
    public DeadLetterProducer Rent(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var sorted = settings.OrderBy(setting => setting.Key, StringComparer.Ordinal).ToArray();
        var identity = string.Join('\n', sorted.Select(setting => $"{setting.Key}={setting.Value}"));
        lock (_lock)
        {
            // One that has failed for good is left to those who have it.
            if (!_producers.TryGetValue(identity, out var producer) || producer.HasFailed)
            {
                producer = new DeadLetterProducer(sorted, _logger, unused => Return(identity, unused));
                _producers[identity] = producer;
            }

            producer.Users++;
            return producer;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DeadLetterProducer[] all;
        lock (_lock)
        {
            all = [.. _producers.Values];
            _producers.Clear();
        }

        foreach (var producer in all)
            producer.Client.Dispose();
    }

    private void Return(string identity, DeadLetterProducer producer)
    {
        lock (_lock)
        {
            if (--producer.Users > 0)
                return;
            if (_producers.TryGetValue(identity, out var current) && current == producer)
                _producers.Remove(identity);
            else if (!producer.HasFailed)
                return; // disposed of with all others
        }

        producer.Client.Dispose();
    }
}
