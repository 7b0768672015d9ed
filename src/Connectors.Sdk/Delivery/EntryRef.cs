namespace Exports.Connectors.Sdk;

/// <summary>A record of a put; none when there is no put.</summary>
internal readonly record struct EntryRef(PendingPut? Put, int Index)
{
    public bool IsNone => Put is null;

    public ref Entry Entry => ref Put!.Entry(Index);
}
