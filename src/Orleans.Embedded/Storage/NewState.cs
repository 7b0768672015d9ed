using System.Runtime.CompilerServices;

namespace Orleans.Storage;

/// <summary>Makes the state of a grain that has none stored.</summary>
internal static class NewState
{
    /// <summary>A new object by its parameterless constructor, or one with all members at their defaults where it has none.</summary>
    public static T Create<T>()
    {
        if (typeof(T).IsValueType)
            return default!;

        return typeof(T).GetConstructor(Type.EmptyTypes) is null
            ? (T)RuntimeHelpers.GetUninitializedObject(typeof(T))
            : Activator.CreateInstance<T>();
    }
}
