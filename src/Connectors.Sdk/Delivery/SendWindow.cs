namespace Exports.Connectors.Sdk;

/// <summary>
/// How many requests may be under way: one more with every success until the destination complains, then less by half or by a
/// third, and again one more with each window's worth of successes. At a single request, complaints about all of a request
/// pause sending altogether. Guarded by the delivery's lock.
/// </summary>
internal sealed class SendWindow(int max, TimeSpan longestPause, Random random)
{
    private const int First = 4;
    private const int OutageAfter = 3;
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(50);

    private double _size = Math.Min(First, max);
    private bool _hasComplained;
    private int _complaints;
    private long _decreasedAt;

    /// <summary>The most requests under way; at least 1.</summary>
    public int Size => (int)_size;

    /// <summary>A request was accepted as a whole.</summary>
    /// <returns>Whether the destination had accepted nothing for a while.</returns>
    public bool Accepted()
    {
        var wasOut = _complaints >= OutageAfter;
        _complaints = 0;
        _size = Math.Min(max, _size + (_hasComplained ? 1 / _size : 1));
        return wasOut;
    }

    /// <summary>A request was not accepted, or not all of it.</summary>
    /// <param name="request">The request's number.</param>
    /// <param name="next">The number of the next request.</param>
    /// <param name="share">The share of its records that it is about, more than 0 and at most 1.</param>
    /// <param name="isThrottling">Whether the destination asks to slow down.</param>
    /// <param name="asked">How long it asks to wait.</param>
    /// <returns>How long to send nothing.</returns>
    public TimeSpan Complained(long request, long next, double share, bool isThrottling, TimeSpan? asked)
    {
        _hasComplained = true;
        // Those that were under way together complain together, which is one complaint.
        var isNew = request >= _decreasedAt;
        var wasSmall = Size == 1;
        if (isNew)
        {
            _size = Math.Max(1, _size * (1 - (share * (isThrottling ? 0.5 : 0.3))));
            _decreasedAt = next;
        }

        if (share < 1)
        {
            _complaints = 0;
            return TimeSpan.Zero;
        }

        if (isNew)
            _complaints++;
        if (isThrottling && asked is { } wait)
            return wait;
        if (!wasSmall)
            return TimeSpan.Zero;
        var pause = s_firstPause * Math.Pow(2, Math.Min(_complaints, 20) - 1) * (0.5 + (random.NextDouble() / 2));
        return pause < longestPause ? pause : longestPause;
    }
}
