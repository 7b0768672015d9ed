namespace Orleans.Serialization;

/// <summary>Copies a collection into a new one of the same type, element by element.</summary>
/// <param name="create">Makes an empty collection with the source's comparer.</param>
/// <param name="add">Adds an element.</param>
internal sealed class CollectionPlan<TCollection, T>(Func<TCollection, TCollection> create, Action<TCollection, T> add) : CopyPlan
    where TCollection : class, IEnumerable<T>
{
    public override object Copy(object source, CopyContext context)
    {
        var from = (TCollection)source;
        var copy = create(from);
        context.Register(source, copy);
        foreach (var element in from)
            add(copy, (T)context.Copy(element)!);

        return copy;
    }
}
