using System.Text.Json.Serialization;

namespace Exports.Grains;

/// <summary>A partition in a task's stored state.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partition">The partition's number.</param>
/// <param name="Offset">The offset of the next record to deliver; null while none is known.</param>
/// <param name="Since">The plan by which the task came to own the partition. What was reached in an earlier ownership does not count.</param>
/// <param name="IsReleased">Whether the task has given the partition up for the next plan.</param>
[GenerateSerializer]
[Alias("exports.owned-partition")]
internal sealed record OwnedPartition(
    [property: Id(0)] string Topic,
    [property: Id(1)] int Partition,
    [property: Id(2)] long? Offset,
    [property: Id(3)] long Since,
    [property: Id(4)] bool IsReleased)
{
    /// <summary>
    /// Whether the offset was moved back on purpose, by hand or by <c>auto.offset.reset</c>, and the Kafka group is not known to have followed.
    /// </summary>
    [Id(5)]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsMovedBack { get; init; }
}
