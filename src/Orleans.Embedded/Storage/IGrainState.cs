namespace Orleans;

/// <summary>State on its way between a grain and its storage.</summary>
public interface IGrainState<T>
{
    T? State { get; set; }

    /// <summary>The stored version that this state comes from; null when there is none.</summary>
    string? ETag { get; set; }

    bool RecordExists { get; set; }
}
