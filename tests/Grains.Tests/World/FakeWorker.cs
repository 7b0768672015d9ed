using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Grains.Tests;

/// <summary>One worker's view of the <see cref="World"/>: what its host registers for the grains. Dead once it was killed or has ended.</summary>
internal sealed class FakeWorker(World world) : ITaskPipelineFactory, ITopicCatalog, IGroupOffsets, IConnectorOffsets
{
    private TopicSnapshot? _current;

    public bool IsDead { get; private set; }

    public TopicSnapshot? Current
    {
        get
        {
            if (_current is not null && !world.IsKafkaDown)
                Read();
            return _current;
        }
    }

    public string? LastError => world.IsKafkaDown ? "Kafka did not answer in time." : null;

    /// <summary>Ends the worker as SIGKILL does: from now on it changes nothing any more.</summary>
    public void Kill()
    {
        IsDead = true;
        world.Kill(this);
    }

    /// <summary>
    /// The worker's process is gone after it was stopped in good order. A silo that ends within a test's process may leave an activation
    /// behind that was made while it stopped. What it has left running stays, so that it is seen.
    /// </summary>
    public void Exit() => IsDead = true;

    public async Task<ITaskPipeline> StartAsync(TaskPipelineSpec spec, CancellationToken cancellationToken)
    {
        world.OnEvent(this, $"{spec} start");
        await world.OnStart(spec, cancellationToken);
        ObjectDisposedException.ThrowIf(IsDead, this);
        var pipeline = new FakePipeline(world, this, spec);
        world.Add(pipeline);
        return pipeline;
    }

    public Task<TopicSnapshot> RefreshAsync(CancellationToken cancellationToken)
    {
        if (world.IsKafkaDown)
            throw new RetriableException("Kafka did not answer in time.");
        return Task.FromResult(Read());
    }

    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        if (world.IsKafkaDown)
            throw new RetriableException("Kafka did not answer in time.");
        return Task.FromResult<IReadOnlyDictionary<TopicPartition, long>>(partitions
            .Select(partition => (Partition: partition, Offset: world.GroupOffset(group, partition.Topic, partition.Partition)))
            .Where(found => found.Offset is not null)
            .ToDictionary(found => found.Partition, found => found.Offset!.Value));
    }

    public async Task WriteAsync(string group, IReadOnlyCollection<CommittableOffset> offsets, CancellationToken cancellationToken)
    {
        if (world.DoGroupWritesHang)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        if (world.IsKafkaDown)
            throw new RetriableException("Kafka did not answer in time.");
        if (IsDead)
            return;
        foreach (var offset in offsets)
            world.CommitGroup(group, offset);
    }

    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAllAsync(string group, CancellationToken cancellationToken)
        => throw new NotSupportedException("The data plane reads groups.");

    public Task<bool> RemoveAsync(string group, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
        => throw new NotSupportedException("The data plane changes groups.");

    public Task<IReadOnlyDictionary<TopicPartition, long>> ReadAsync(
        IReadOnlyDictionary<string, string> config, CancellationToken cancellationToken)
        => world.IsKafkaDown
            ? throw new RetriableException("Kafka did not answer in time.")
            : Task.FromResult(world.GroupOf(config["name"]));

    public Task<AlteredOffsets> AlterAsync(
        IReadOnlyDictionary<string, string> config,
        IReadOnlyDictionary<TopicPartition, long?> offsets,
        bool replacesAll,
        CancellationToken cancellationToken)
    {
        if (world.IsKafkaDown)
            throw new RetriableException("Kafka did not answer in time.");
        if (world.IsGroupActive)
            throw new GroupActiveException("The group has members.");
        ObjectDisposedException.ThrowIf(IsDead, this);
        return Task.FromResult(new AlteredOffsets(world.KnowsDestination, world.Alter(config["name"], offsets, replacesAll)));
    }

    private TopicSnapshot Read()
    {
        var topics = world.Topics;
        var isSame = _current is { } current
            && current.Partitions.Count == topics.Partitions.Count
            && current.Partitions.All(topic => topics.Partitions.GetValueOrDefault(topic.Key) == topic.Value);
        return isSame ? _current! : _current = topics;
    }
}
