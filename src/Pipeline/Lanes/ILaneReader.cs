namespace Exports.Pipeline;

/// <summary>What a lane tells the task that it reads for. Called on the lane's thread: return at once.</summary>
internal interface ILaneReader
{
    /// <summary>The inbox has got records.</summary>
    void RecordsArrived();

    /// <summary>There are no records at the partition's position: it was stopped, and wants a new position.</summary>
    void OffsetOutOfRange(LanePartition partition, long offset);

    /// <summary>The partition cannot be read, and trying again would not help.</summary>
    void ReadFailed(LanePartition partition, Exception error);
}
