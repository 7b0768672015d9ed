using System.Threading.Channels;
using Confluent.Kafka;
using Exports.Kafka.Client;

namespace Exports.Bench.Raw;

/// <summary>Gives the records of a request to those that send them, a batch at a time.</summary>
internal sealed class RawBatches
{
    private readonly RawSinkRequest _request;
    private readonly RawRecord[] _made;
    private readonly Channel<RawRecord[]>? _read;
    private long _next = -1;

    /// <param name="request">Says whether records are made beforehand, or read by a thread of their own.</param>
    public RawBatches(RawSinkRequest request)
    {
        _request = request;
        var (value, keys) = (request.Content.Value(), request.Content.AllKeys());
        // From any key on there is a whole batch.
        _made = [.. Enumerable.Range(0, keys.Length + request.RequestRecords).Select(record => new RawRecord(keys[record % keys.Length], value))];
        if (request.From is not { } from)
            return;
        _read = Channel.CreateBounded<RawRecord[]>(request.InFlight);
        new Thread(() => Read(from, _read.Writer)) { IsBackground = true }.Start();
    }

    /// <summary>The next batch; empty when there are no more.</summary>
    public async ValueTask<ArraySegment<RawRecord>> NextAsync()
    {
        if (_read is not null)
            return await _read.Reader.WaitToReadAsync() && _read.Reader.TryRead(out var batch) ? batch : [];
        var first = Interlocked.Increment(ref _next) * _request.RequestRecords;
        var count = (int)Math.Clamp(_request.Records - first, 0, _request.RequestRecords);
        return new(_made, (int)(first % _request.Content.Keys), count);
    }

    // As everybody does it: a record for each call of Consume.
    private void Read(RawRequest from, ChannelWriter<RawRecord[]> batches)
    {
        try
        {
            LibrdkafkaLoader.Load();
            using var consumer = new ConsumerBuilder<byte[], byte[]>(from.Settings).Build();
            consumer.Assign(Enumerable.Range(0, from.Partitions).Select(partition => new TopicPartitionOffset(from.Topic, partition, 0)));
            for (var left = from.Records; left > 0;)
            {
                var batch = new RawRecord[Math.Min(left, _request.RequestRecords)];
                for (var i = 0; i < batch.Length;)
                {
                    if (consumer.Consume(TimeSpan.FromSeconds(1)) is { } result)
                        batch[i++] = new(result.Message.Key, result.Message.Value);
                }

                left -= batch.Length;
                batches.WriteAsync(batch).AsTask().Wait();
            }

            batches.Complete();
        }
        catch (Exception e) when (e is KafkaException or AggregateException)
        {
            batches.Complete(e);
        }
    }
}
