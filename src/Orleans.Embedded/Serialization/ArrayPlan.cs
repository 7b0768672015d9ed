namespace Orleans.Serialization;

/// <summary>Copies an array.</summary>
internal sealed class ArrayPlan<T>(bool sharesElements) : CopyPlan
{
    public override object Copy(object source, CopyContext context)
    {
        var from = (T[])source;
        if (sharesElements)
        {
            var clone = (T[])from.Clone();
            context.Register(source, clone);
            return clone;
        }

        var copy = new T[from.Length];
        context.Register(source, copy);
        for (var i = 0; i < copy.Length; i++)
            copy[i] = (T)context.Copy(from[i])!;

        return copy;
    }
}
