namespace Orleans.Concurrency;

/// <summary>A value that nobody changes any more: it is passed on without a copy.</summary>
[GenerateSerializer]
[Immutable]
public readonly struct Immutable<T>(T value)
{
    [Id(0)]
    public readonly T Value = value;
}
