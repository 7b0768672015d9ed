namespace Exports.Grains;

/// <summary>A connector's stored state: what its operators want, the plan that follows from it, and offsets between tasks.</summary>
[GenerateSerializer]
[Alias("exports.connector-grain-state")]
internal sealed record ConnectorGrainState
{
    /// <summary>The configuration with <c>name</c>, placeholders unresolved; null when there is no connector.</summary>
    [Id(0)]
    public Dictionary<string, string>? Config { get; init; }

    /// <summary>What its operators want it to do.</summary>
    [Id(1)]
    public TargetState Target { get; init; }

    /// <summary>Whether it is to be deleted.</summary>
    [Id(2)]
    public bool IsDeleting { get; init; }

    /// <summary>Rises with every change of the three above.</summary>
    [Id(3)]
    public long Revision { get; init; }

    /// <summary>The number of the plan; rises with every plan.</summary>
    [Id(4)]
    public long Epoch { get; init; }

    /// <summary>The plan; null before the first.</summary>
    [Id(5)]
    public ConnectorPlan? Plan { get; init; }

    /// <summary>The offsets of partitions that no task is known to have.</summary>
    [Id(6)]
    public List<HandoverOffset> Handover { get; init; } = [];

    /// <summary>The topics that tasks which the plan has no longer have read records of, in ordinal order.</summary>
    [Id(8)]
    public List<string> Topics { get; init; } = [];

    /// <summary>Tasks that the plan has no longer, and whose state has not been deleted yet.</summary>
    [Id(7)]
    public List<int> Retiring { get; init; } = [];
}
