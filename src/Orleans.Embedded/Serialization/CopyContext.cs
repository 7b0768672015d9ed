namespace Orleans.Serialization;

/// <summary>One copying of a graph of objects: what is the same object before is so after, and cycles end.</summary>
internal sealed class CopyContext(DeepCopier copier)
{
    private Dictionary<object, object>? _copies;

    public object? Copy(object? source)
    {
        if (source is null or string)
            return source;

        var type = source.GetType();
        var plan = copier.PlanFor(type);
        if (plan.Shares)
            return source;

        if (!type.IsValueType && _copies is not null && _copies.TryGetValue(source, out var copy))
            return copy;

        return plan.Copy(source, this);
    }

    /// <summary>Makes a copy known before its members are copied, for cycles.</summary>
    public void Register(object source, object copy) =>
        (_copies ??= new Dictionary<object, object>(ReferenceEqualityComparer.Instance))[source] = copy;
}
