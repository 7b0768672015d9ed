using System.Reflection;

namespace Orleans.Serialization;

/// <summary>The collections that can be passed to and from grains.</summary>
internal static class CollectionPlans
{
    private static readonly Dictionary<Type, MethodInfo> s_plans = new()
    {
        [typeof(List<>)] = Method(nameof(OfList)),
        [typeof(HashSet<>)] = Method(nameof(OfHashSet)),
        [typeof(SortedSet<>)] = Method(nameof(OfSortedSet)),
        [typeof(Queue<>)] = Method(nameof(OfQueue)),
        [typeof(Stack<>)] = Method(nameof(OfStack)),
        [typeof(Dictionary<,>)] = Method(nameof(OfDictionary)),
        [typeof(SortedDictionary<,>)] = Method(nameof(OfSortedDictionary)),
    };

    /// <summary>The plan for a closed collection type, or null when the type is none of those.</summary>
    public static CopyPlan? Find(Type type) =>
        type.IsGenericType && s_plans.TryGetValue(type.GetGenericTypeDefinition(), out var method)
            ? (CopyPlan)method.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, null)!
            : null;

    private static MethodInfo Method(string name) =>
        typeof(CollectionPlans).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    private static CollectionPlan<List<T>, T> OfList<T>() =>
        new(static from => new List<T>(from.Count), static (to, element) => to.Add(element));

    private static CollectionPlan<HashSet<T>, T> OfHashSet<T>() =>
        new(static from => new HashSet<T>(from.Count, from.Comparer), static (to, element) => to.Add(element));

    private static CollectionPlan<SortedSet<T>, T> OfSortedSet<T>() =>
        new(static from => new SortedSet<T>(from.Comparer), static (to, element) => to.Add(element));

    private static CollectionPlan<Queue<T>, T> OfQueue<T>() =>
        new(static from => new Queue<T>(from.Count), static (to, element) => to.Enqueue(element));

    private static StackPlan<T> OfStack<T>() => new();

    private static CollectionPlan<Dictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> OfDictionary<TKey, TValue>()
        where TKey : notnull =>
        new(static from => new Dictionary<TKey, TValue>(from.Count, from.Comparer), static (to, pair) => to.Add(pair.Key, pair.Value));

    private static CollectionPlan<SortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> OfSortedDictionary<TKey, TValue>()
        where TKey : notnull =>
        new(static from => new SortedDictionary<TKey, TValue>(from.Comparer), static (to, pair) => to.Add(pair.Key, pair.Value));

    private sealed class StackPlan<T> : CopyPlan
    {
        public override object Copy(object source, CopyContext context)
        {
            var from = (Stack<T>)source;
            var copy = new Stack<T>(from.Count);
            context.Register(source, copy);
            foreach (var element in from.Reverse())
                copy.Push((T)context.Copy(element)!);

            return copy;
        }
    }
}
