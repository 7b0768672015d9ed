namespace Orleans.Runtime;

/// <summary>A timer of one activation. Disposing it cancels the token of a callback that runs.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Sets new times. While a callback runs they take effect when it has ended.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
