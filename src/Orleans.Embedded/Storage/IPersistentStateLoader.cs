namespace Orleans.Core;

/// <summary>A state that is read before its grain is activated.</summary>
internal interface IPersistentStateLoader
{
    Task LoadAsync(CancellationToken token);
}
