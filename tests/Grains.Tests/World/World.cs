using System.Collections.Concurrent;
using Exports.Connectors.Sdk;
using Exports.Pipeline;

namespace Exports.Grains.Tests;

/// <summary>
/// What is outside of the grains: Kafka, its topics and groups, a destination, and storage. It watches over every rule of
/// ownership and offsets, and keeps what was broken in <see cref="Violations"/>. Knows any number of connectors; each has
/// partitions of its own. Thread-safe.
/// </summary>
internal sealed class World
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _topics = [];
    private readonly Dictionary<(string Connector, TopicPartition Partition), WorldPartition> _partitions = [];
    private readonly Dictionary<(string Group, TopicPartition Partition), long> _groups = [];
    private readonly HashSet<FakePipeline> _pipelines = [];

    public World() => Storage = new(this);

    public FakeStorage Storage { get; }

    public JumpingClock Clock { get; } = new();

    /// <summary>The rules that were broken.</summary>
    public ConcurrentQueue<string> Violations { get; } = [];

    /// <summary>All starts of pipelines, as <c>connector-task</c>.</summary>
    public ConcurrentQueue<string> Starts { get; } = [];

    /// <summary>All partitions given to pipelines and taken from them, as <c>+connector-task topic-partition@offset</c>.</summary>
    public ConcurrentQueue<string> Moves { get; } = [];

    /// <summary>Whether Kafka answers.</summary>
    public bool IsKafkaDown { get; set; }

    /// <summary>Whether somebody else is active in the connectors' groups.</summary>
    public bool IsGroupActive { get; set; }

    /// <summary>Whether the brokers can remove offsets of groups.</summary>
    public bool RemovesGroupOffsets { get; set; } = true;

    /// <summary>Whether the connectors' plugin says that it has changed the destination's offsets.</summary>
    public bool KnowsDestination { get; set; } = true;

    /// <summary>Whether commits to Kafka groups never end.</summary>
    public bool DoGroupWritesHang { get; set; }

    /// <summary>Whether the destination accepts nothing and does not answer.</summary>
    public bool DoesDestinationHang { get; set; }

    /// <summary>Whether sinks cannot flush.</summary>
    public bool DoFlushesFail { get; set; }

    /// <summary>Whether pipelines deliver all there is as soon as they can; otherwise <see cref="Deliver"/> has them do it.</summary>
    public bool DeliversByItself { get; set; } = true;

    /// <summary>Whether partitions may start before what was persisted, because a test makes them.</summary>
    public bool AllowsRewinds { get; set; }

    /// <summary>How long a pipeline may take to give up partitions.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Called at each write, before and after it, and at each start, assignment, revocation and end of a pipeline.</summary>
    public Action<FakeWorker, string> OnEvent { get; set; } = (_, _) => { };

    /// <summary>How long positions take to be resolved, after reading has begun.</summary>
    public TimeSpan AssignTime { get; set; }

    /// <summary>Runs at each start of a pipeline; what it throws, the start throws.</summary>
    public Func<TaskPipelineSpec, CancellationToken, Task> OnStart { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What Kafka's metadata say at the moment.</summary>
    public TopicSnapshot Topics
    {
        get
        {
            lock (_lock)
                return new("cluster", new Dictionary<string, int>(_topics));
        }
    }

    /// <summary>The living pipelines.</summary>
    public IReadOnlyList<FakePipeline> Pipelines
    {
        get
        {
            lock (_lock)
                return [.. _pipelines];
        }
    }

    /// <summary>Creates a topic, or changes its number of partitions; removes it with none.</summary>
    public void SetTopic(string topic, int partitions)
    {
        lock (_lock)
        {
            if (partitions > 0)
                _topics[topic] = partitions;
            else
                _topics.Remove(topic);
        }
    }

    /// <summary>Appends records to a partition.</summary>
    public void Produce(string connector, string topic, int partition, int count)
    {
        lock (_lock)
        {
            var changed = Get(connector, new(topic, partition));
            changed.End += count;
            if (DeliversByItself)
                changed.Owner?.Deliver(int.MaxValue);
        }
    }

    /// <summary>A topic of the same name takes a partition's place, with so many records; whoever reads it begins anew.</summary>
    public void MakeAnew(string connector, string topic, int partition, int count)
    {
        lock (_lock)
        {
            var anew = Get(connector, new(topic, partition));
            (anew.End, anew.Delivered, anew.Persisted) = (count, 0, 0);
            anew.Owner?.Reset(new(topic, partition), 0);
            if (DeliversByItself)
                anew.Owner?.Deliver(int.MaxValue);
        }
    }

    /// <summary>Appends records to all partitions of a topic.</summary>
    public void Produce(string connector, string topic, int count)
    {
        for (var partition = 0; partition < Topics.Partitions[topic]; partition++)
            Produce(connector, topic, partition, count);
    }

    /// <summary>Has all pipelines deliver all there is.</summary>
    public void Deliver()
    {
        foreach (var pipeline in Pipelines)
            pipeline.Deliver(int.MaxValue);
    }

    /// <summary>The partitions of a connector that exist or were ever read.</summary>
    public Dictionary<TopicPartition, WorldPartition> PartitionsOf(string connector)
    {
        lock (_lock)
            return _partitions.Where(entry => entry.Key.Connector == connector).ToDictionary(entry => entry.Key.Partition, entry => entry.Value);
    }

    public WorldPartition Partition(string connector, string topic, int partition)
    {
        lock (_lock)
            return Get(connector, new(topic, partition));
    }

    public FakePipeline? Pipeline(string connector, int task)
        => Pipelines.SingleOrDefault(pipeline => pipeline.Spec.Connector == connector && pipeline.Spec.Task == task);

    /// <summary>A group's committed offset; null for none.</summary>
    public long? GroupOffset(string group, string topic, int partition)
    {
        lock (_lock)
            return _groups.TryGetValue((group, new(topic, partition)), out var offset) ? offset : null;
    }

    public void SetGroupOffset(string group, string topic, int partition, long offset)
    {
        lock (_lock)
            _groups[(group, new(topic, partition))] = offset;
    }

    /// <summary>The offsets of a connector's group.</summary>
    public IReadOnlyDictionary<TopicPartition, long> GroupOf(string connector)
    {
        lock (_lock)
        {
            return _groups.Where(entry => entry.Key.Group == $"connect-{connector}")
                .ToDictionary(entry => entry.Key.Partition, entry => entry.Value);
        }
    }

    /// <summary>An operator changes offsets: what he skips counts as delivered, and what he rewinds as not persisted.</summary>
    /// <returns>What the group still has although it should not.</returns>
    public List<TopicPartition> Alter(string connector, IReadOnlyDictionary<TopicPartition, long?> offsets, bool replacesAll)
    {
        lock (_lock)
        {
            var group = $"connect-{connector}";
            var wanted = new Dictionary<TopicPartition, long?>(offsets);
            foreach (var partition in replacesAll ? GroupOf(connector).Keys : [])
                wanted.TryAdd(partition, null);
            foreach (var (partition, offset) in wanted)
            {
                var known = Get(connector, partition);
                known.Persisted = offset ?? 0;
                known.Delivered = Math.Max(known.Delivered, offset ?? 0);
                if (offset is { } to)
                    _groups[(group, partition)] = to;
                else if (RemovesGroupOffsets)
                    _groups.Remove((group, partition));
            }

            return [.. wanted.Where(entry => entry.Value is null && _groups.ContainsKey((group, entry.Key))).Select(entry => entry.Key)];
        }
    }

    /// <summary>The process is gone, with all its pipelines; nobody was asked.</summary>
    public void Kill(FakeWorker worker)
    {
        lock (_lock)
        {
            foreach (var pipeline in _pipelines.Where(pipeline => pipeline.Worker == worker).ToList())
                pipeline.Vanish();
        }
    }

    /// <summary>A connector has been deleted: what storage knew of it no longer counts.</summary>
    public void Forget(string connector)
    {
        lock (_lock)
        {
            foreach (var entry in _partitions.Where(entry => entry.Key.Connector == connector))
                entry.Value.Persisted = 0;
        }
    }

    public void Persisted(string connector, string topic, int partition, long offset)
    {
        lock (_lock)
        {
            var known = Get(connector, new(topic, partition));
            if (offset > known.Delivered)
                Violate($"{connector} {topic}-{partition}: {offset} was persisted, but only {known.Delivered} delivered");
            known.Persisted = Math.Max(known.Persisted, offset);
        }
    }

    public void Violate(string what) => Violations.Enqueue(what);

    internal T Locked<T>(Func<T> what)
    {
        lock (_lock)
            return what();
    }

    internal void Add(FakePipeline pipeline)
    {
        lock (_lock)
            _pipelines.Add(pipeline);
        Starts.Enqueue(pipeline.Spec.ToString());
    }

    internal void Remove(FakePipeline pipeline)
    {
        lock (_lock)
            _pipelines.Remove(pipeline);
    }

    internal WorldPartition Get(string connector, TopicPartition partition)
    {
        if (!_partitions.TryGetValue((connector, partition), out var found))
            _partitions[(connector, partition)] = found = new();
        return found;
    }

    internal void CommitGroup(string group, CommittableOffset offset)
    {
        lock (_lock)
        {
            _groups[(group, offset.Partition)] = offset.Offset;
            foreach (var ((connector, partition), known) in _partitions)
            {
                if ($"connect-{connector}" == group && partition == offset.Partition && offset.Offset > known.Persisted)
                    Violate($"{group} {partition}: {offset.Offset} was mirrored, but only {known.Persisted} persisted");
            }
        }
    }
}
