namespace Exports.Grains;

/// <summary>A task's stored state: its assignment, and where each partition stands.</summary>
[GenerateSerializer]
[Alias("exports.task-grain-state")]
internal sealed record TaskGrainState
{
    /// <summary>The plan that the task has taken over; 0 for none.</summary>
    [Id(0)]
    public long Epoch { get; init; }

    /// <summary>The newest plan that the task has heard of: assignments of older ones come too late.</summary>
    [Id(1)]
    public long Fence { get; init; }

    /// <summary>Running or paused.</summary>
    [Id(2)]
    public TargetState Target { get; init; }

    /// <summary>The connector's configuration, placeholders unresolved; null before the first assignment.</summary>
    [Id(3)]
    public Dictionary<string, string>? Config { get; init; }

    /// <summary>The task's partitions, and those that it has released since its assignment.</summary>
    [Id(4)]
    public List<OwnedPartition> Partitions { get; init; } = [];

    /// <summary>The topics that records have been read of, in ordinal order.</summary>
    [Id(5)]
    public List<string> Topics { get; init; } = [];

    /// <summary>The partitions to read.</summary>
    public IEnumerable<OwnedPartition> Active() => Partitions.Where(partition => !partition.IsReleased);

    /// <summary>
    /// Takes over an assignment of a newer plan. Where the connector has gone over to another Kafka group, the task's own
    /// offsets are void.
    /// </summary>
    public TaskGrainState Assign(TaskAssignment assignment)
    {
        var forget = Config is not null && ConnectorConfigs.ChosenGroup(Config) != ConnectorConfigs.ChosenGroup(assignment.Config);
        var own = Partitions.ToDictionary(partition => partition.Ref());
        var given = assignment.Offsets.Where(offset => offset.Epoch > Epoch).ToDictionary(offset => offset.Ref(), offset => offset.Offset);
        return this with
        {
            Epoch = assignment.Epoch,
            Fence = assignment.Epoch,
            Target = assignment.Target,
            // The same object for the same content: a pipeline goes on as long as its configuration is this one.
            Config = Config is not null && ConnectorConfigs.AreEqual(Config, assignment.Config) ? Config : assignment.Config,
            Partitions = [.. assignment.Partitions.Select(Own)],
        };

        OwnedPartition Own(PartitionRef partition)
        {
            var before = own.GetValueOrDefault(partition);
            if (before is { IsReleased: false } && !forget && !given.ContainsKey(partition))
                return before;
            long? offset = given.TryGetValue(partition, out var handedOver) ? handedOver : forget ? null : before?.Offset;
            return new(partition.Topic, partition.Partition, offset, assignment.Epoch, IsReleased: false);
        }
    }

    /// <summary>Marks partitions as released for a newer plan. Their offsets stay until that plan has arrived.</summary>
    public TaskGrainState Release(long epoch, IReadOnlySet<PartitionRef> partitions)
        => Fence == epoch && !Active().Any(partition => partitions.Contains(partition.Ref()))
            ? this
            : this with
            {
                Fence = epoch,
                Partitions =
                [
                    .. Partitions.Select(partition => partitions.Contains(partition.Ref()) ? partition with { IsReleased = true } : partition),
                ],
            };

    /// <summary>Adds topics that records have been read of.</summary>
    public TaskGrainState Note(IReadOnlyCollection<string> topics)
        => topics.All(Topics.Contains) ? this : this with { Topics = [.. Topics.Union(topics).Order(StringComparer.Ordinal)] };

    /// <summary>
    /// Moves offsets forward: only of partitions to read, only within the ownership that they were reached in, and back only where
    /// <c>auto.offset.reset</c> has moved reading.
    /// </summary>
    public TaskGrainState Advance(IReadOnlyDictionary<PartitionRef, ReachedOffset> reached)
    {
        return Partitions.Any(Moves) ? this with { Partitions = [.. Partitions.Select(p => Moves(p) ? Moved(p, reached[p.Ref()].Offset) : p)] } : this;

        bool Moves(OwnedPartition partition) =>
            !partition.IsReleased
            && reached.TryGetValue(partition.Ref(), out var to)
            && to.Since == partition.Since
            && to.Replaces(partition.Offset);

        static OwnedPartition Moved(OwnedPartition partition, long offset) => partition with
        {
            Offset = offset,
            IsMovedBack = partition.IsMovedBack || offset < partition.Offset || partition.Offset == HandoverOffset.Reset,
        };
    }

    /// <summary>Notes of which partitions the Kafka group has been written since they were moved back.</summary>
    public TaskGrainState Followed(Func<OwnedPartition, bool> isFollowed)
    {
        return Partitions.Any(Ends) ? this with { Partitions = [.. Partitions.Select(p => Ends(p) ? p with { IsMovedBack = false } : p)] } : this;

        bool Ends(OwnedPartition partition) => partition.IsMovedBack && isFollowed(partition);
    }
}
