using Exports.Connectors.Sdk;

namespace Exports.Connectors.Http.Tests;

/// <summary>Prepares records and sends them as one request, as the delivery engine does when nothing goes wrong.</summary>
internal sealed class Sender : IDisposable
{
    private readonly RecordEncoder _encoder;
    private readonly HttpDestination _destination;

    public Sender(string url, params (string Key, string Value)[] config)
        : this(TimeProvider.System, url, config)
    {
    }

    public Sender(TimeProvider time, string url, params (string Key, string Value)[] config)
    {
        Config = HttpSinkConfig.Parse(Keys(url, config));
        _encoder = new(Config);
        _destination = new(Config, "c", time);
    }

    public HttpSinkConfig Config { get; }

    public static Dictionary<string, string> Keys(string url, params (string Key, string Value)[] config)
    {
        var keys = config.ToDictionary(entry => entry.Key, entry => entry.Value);
        keys.TryAdd("http.url", url);
        return keys;
    }

    public void Dispose() => _destination.Dispose();

    public async Task SendAsync(params SinkRecord[] records)
    {
        var prepared = records.ToArray();
        foreach (ref var record in prepared.AsSpan())
            _encoder.Prepare(ref record);
        await _destination.SendAsync(new Batch(prepared), TestContext.Current.CancellationToken);
    }

    /// <summary>What a request with one record fails with.</summary>
    public async Task<T> FailAsync<T>()
        where T : Exception
        => await Assert.ThrowsAsync<T>(() => SendAsync(Batch.Record("1", offset: 7)));
}
