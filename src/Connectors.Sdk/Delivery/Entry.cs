namespace Exports.Connectors.Sdk;

/// <summary>What the delivery remembers of a record.</summary>
internal struct Entry
{
    /// <summary>The next record of the same queue.</summary>
    public EntryRef Next;

    public RequestItem Item;

    /// <summary>Whether it is accepted, or refused for good.</summary>
    public bool IsSettled;

    /// <summary>Why it was not accepted the last time.</summary>
    public Exception? Problem;

    /// <summary>How often it was sent and not accepted.</summary>
    public int Failures;

    /// <summary>When that happened first, in the clock's timestamps.</summary>
    public long FirstFailure;

    /// <summary>How many records a request with this one may hold, where less than any; 0 for any.</summary>
    public int Suspects;
}
