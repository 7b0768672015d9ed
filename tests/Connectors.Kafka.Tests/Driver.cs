using Exports.Connectors.Sdk;

namespace Exports.Connectors.Kafka.Tests;

/// <summary>
/// Hands in batches as the pipeline does: several at once; after a failure none until all have ended, and then what failed,
/// in order. It looks at results late, so batches are handed in behind ones that have failed already.
/// </summary>
internal sealed class Driver(SinkTask sink, Random random)
{
    private readonly List<(Batch Batch, Task Put)> _inFlight = [];
    private readonly Queue<Batch> _again = new();

    /// <summary>How often a batch or a part of one was handed in again.</summary>
    public int Retries { get; private set; }

    public async Task DeliverAsync(IEnumerable<Batch> batches)
    {
        foreach (var batch in batches)
        {
            while (_inFlight.Count >= sink.MaxInFlight)
                await SettleAsync();
            // Now and then it looks; else it goes on without knowing.
            if (random.Next(4) == 0 && _inFlight.Exists(p => p.Put.IsFaulted))
                await SettleAsync();
            Put(batch);
        }

        while (_inFlight.Count > 0)
            await SettleAsync();
    }

    private void Put(Batch batch) => _inFlight.Add((batch, sink.PutAsync(batch, CancellationToken.None).AsTask()));

    private async Task SettleAsync()
    {
        await Task.WhenAny(_inFlight.Select(p => p.Put)).WaitAsync(TimeSpan.FromSeconds(60));
        if (!_inFlight.Exists(p => p.Put.IsFaulted))
        {
            _inFlight.RemoveAll(p => p.Put.IsCompletedSuccessfully);
            return;
        }

        foreach (var (batch, put) in _inFlight)
        {
            try
            {
                await put.WaitAsync(TimeSpan.FromSeconds(60));
            }
            catch (RetriableException)
            {
                _again.Enqueue(batch);
            }
            catch (RecordsFailedException e)
            {
                Assert.All(e.Failures, failure => Assert.True(failure.CanRetry, failure.Error.Message));
                _again.Enqueue(new Batch([.. e.Failures.Select(failure => batch.Records[failure.Index])]));
            }
        }

        _inFlight.Clear();
        Retries += _again.Count;
        while (_again.TryDequeue(out var failed))
            Put(failed);
    }
}
